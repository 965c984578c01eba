//! The one resampling of a run of geometric actions that turn, slant or bend.

use super::{
    bicubic,
    blend::{Around, BLOCK, PARTS, Places, blend},
    border::Beyond,
    elastic::Field,
    matrix::Matrix,
};
use crate::{
    image::{ImageRef, Size},
    number::nearest,
    sampling::Interpolation,
    vectorised::vectorised,
};

/// A part of the way from the output back to the input.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    Matrix(Matrix),
    Elastic(Field),
}

/// No place is looked for farther out than this: its 64ths fit 32 bits, and every image is smaller.
const FARTHEST: f64 = 1e7;

vectorised! {
    /// Fills `out`, an image of `size`; `stages` lead from it to `image`.
    pub(crate) fn warp<const C: usize>(
        image: ImageRef<'_>,
        stages: &[Stage],
        interpolation: Interpolation,
        beyond: &Beyond<C>,
        size: Size,
        out: &mut [u8],
    ) {
        let mut places = Places { x: [0; BLOCK], y: [0; BLOCK] };
        let mut block = [0; BLOCK * 4 + 16];
        let mut around = Around { upper: [0; BLOCK], lower: [0; BLOCK], across: [0; BLOCK], down: [0; BLOCK] };
        for (y, row) in out.chunks_exact_mut(size.width as usize * C).enumerate() {
            for (number, part) in row.chunks_mut(BLOCK * C).enumerate() {
                locate(stages, (number * BLOCK) as f64, y as f64, &mut places);
                match interpolation {
                    Interpolation::Bilinear => {
                        gather(image, &places, beyond, &mut around);
                        blend::<C>(&around, &mut block);
                    }
                    Interpolation::Bicubic => bicubic::sample(image, &places, beyond, &mut block),
                }
                part.copy_from_slice(&block[..part.len()]);
            }
        }
    }
}

/// Where a block of places of one row comes from.
#[inline(always)]
fn locate(stages: &[Stage], x: f64, y: f64, places: &mut Places) {
    let (mut xs, mut ys) = ([x + 0.5; BLOCK], [y + 0.5; BLOCK]);
    for (i, x) in xs.iter_mut().enumerate() {
        *x += i as f64;
    }
    for stage in stages {
        match stage {
            Stage::Matrix(Matrix([a, b, c])) => {
                let affine = *c == [0.0, 0.0, 1.0];
                for i in 0..BLOCK {
                    let (x, y) = (xs[i], ys[i]);
                    xs[i] = a[0] * x + (a[1] * y + a[2]);
                    ys[i] = b[0] * x + (b[1] * y + b[2]);
                    if !affine {
                        let w = c[0] * x + (c[1] * y + c[2]);
                        xs[i] /= w;
                        ys[i] /= w;
                    }
                }
            }
            Stage::Elastic(field) => field.displace(&mut xs, &mut ys),
        }
    }
    for (out, from) in [(&mut places.x, &xs), (&mut places.y, &ys)] {
        for i in 0..BLOCK {
            out[i] = parts(from[i]);
        }
    }
}

/// 64ths of a pixel from the middle of the first pixel, along one axis.
#[inline(always)]
#[allow(clippy::manual_clamp)] // what is no number, as on a horizon, becomes a place far outside
pub(crate) fn parts(at: f64) -> i32 {
    // Comparisons, which are instructions everywhere; `max` is a call in a browser.
    let place = at - 0.5;
    let place = if place > -FARTHEST { place } else { -FARTHEST };
    let place = if place < FARTHEST { place } else { FARTHEST };
    nearest(place * f64::from(PARTS))
}

/// The four pixels around each place.
#[inline(always)]
fn gather<const C: usize>(image: ImageRef<'_>, places: &Places, beyond: &Beyond<C>, around: &mut Around) {
    let [width, height] = [image.size().width, image.size().height].map(|side| side as i32);
    let (pixels, stride) = (image.pixels(), image.stride() as i32);
    let (mut left, mut top) = ([0; BLOCK], [0; BLOCK]);
    let (mut low, mut high) = ([i32::MAX; 2], [i32::MIN; 2]);
    for i in 0..BLOCK {
        left[i] = places.x[i] >> 6;
        top[i] = places.y[i] >> 6;
        around.across[i] = places.x[i] as u32 & 63;
        around.down[i] = places.y[i] as u32 & 63;
        low = [low[0].min(left[i]), low[1].min(top[i])];
        high = [high[0].max(left[i]), high[1].max(top[i])];
    }
    let inside = low[0] >= 0 && low[1] >= 0 && high[0] + 1 < width && high[1] + 1 < height;
    // Eight bytes are read where two pixels are fewer: nowhere beyond the last byte.
    let last = (i64::from(high[1]) + 1) * i64::from(stride) + i64::from(high[0]) * C as i64 + 8;
    if inside && last <= pixels.len() as i64 {
        let mut offsets = [0; BLOCK];
        for (offset, (left, top)) in offsets.iter_mut().zip(left.iter().zip(&top)) {
            *offset = (top * stride + left * C as i32) as u32;
        }
        let lower = &pixels[stride as usize..];
        for (i, offset) in offsets.into_iter().enumerate() {
            around.upper[i] = eight(pixels, offset);
            around.lower[i] = eight(lower, offset);
        }
        return;
    }
    // Mirrored once, a place is inside unless it is farther out than the image is wide.
    let near = |low: i32, high: i32, side: i32| low > -side && high + 1 < 2 * side - 1;
    let once = near(low[0], high[0], width) && near(low[1], high[1], height);
    match beyond {
        Beyond::Reflect if once => {
            // Offsets of the columns and the rows of both sides, then the pixels.
            let (mut columns, mut rows) = ([[0; BLOCK]; 2], [[0; BLOCK]; 2]);
            for i in 0..BLOCK {
                columns[0][i] = fold(left[i], width - 1) * C as i32;
                columns[1][i] = fold(left[i] + 1, width - 1) * C as i32;
                rows[0][i] = fold(top[i], height - 1) * stride;
                rows[1][i] = fold(top[i] + 1, height - 1) * stride;
            }
            for i in 0..BLOCK {
                let (left, right) = (columns[0][i], columns[1][i]);
                let pair = |row: i32| {
                    let [left, right] = [(row + left) as usize, (row + right) as usize];
                    pixel::<C>(pixels, left) | pixel::<C>(pixels, right) << (8 * C)
                };
                (around.upper[i], around.lower[i]) = (pair(rows[0][i]), pair(rows[1][i]));
            }
        }
        _ => far(image, beyond, &left, &top, around),
    }
}

/// Mirrors a place that is outside by less than the image's length.
#[inline(always)]
fn fold(at: i32, last: i32) -> i32 {
    last - (last - at.abs()).abs()
}

/// The four pixels around each place, wherever it is.
#[inline(never)]
fn far<const C: usize>(
    image: ImageRef<'_>,
    beyond: &Beyond<C>,
    left: &[i32; BLOCK],
    top: &[i32; BLOCK],
    around: &mut Around,
) {
    let fill = packed(&beyond.fill());
    let [width, height] = [image.size().width, image.size().height].map(|side| side as usize);
    let (pixels, stride) = (image.pixels(), image.stride());
    for i in 0..BLOCK {
        // A place below 0 is a large one here. Eight bytes are read where two pixels are fewer.
        let (x, y) = (left[i] as u32 as usize, top[i] as u32 as usize);
        if x < width - 1 && y < height - 1 && (y + 1) * stride + x * C + 8 <= pixels.len() {
            let at = (y * stride + x * C) as u32;
            (around.upper[i], around.lower[i]) = (eight(pixels, at), eight(&pixels[stride..], at));
            continue;
        }
        let columns = [0, 1].map(|side| beyond.index(i64::from(left[i]) + side, width));
        let rows = [0, 1].map(|side| beyond.index(i64::from(top[i]) + side, height));
        let [upper, lower] = rows.map(|row| {
            let [left, right] = columns.map(|column| match (row, column) {
                (Some(row), Some(column)) => pixel::<C>(pixels, row * stride + column * C),
                _ => fill,
            });
            left | right << (8 * C)
        });
        (around.upper[i], around.lower[i]) = (upper, lower);
    }
}

#[inline(always)]
fn pixel<const C: usize>(pixels: &[u8], at: usize) -> u64 {
    packed::<C>(pixels[at..at + C].try_into().expect("C bytes"))
}

#[inline(always)]
fn eight(pixels: &[u8], at: u32) -> u64 {
    let at = at as usize;
    u64::from_le_bytes(pixels[at..at + 8].try_into().expect("eight bytes"))
}

#[inline(always)]
fn packed<const C: usize>(pixel: &[u8; C]) -> u64 {
    let mut bytes = [0; 8];
    bytes[..C].copy_from_slice(pixel);
    u64::from_le_bytes(bytes)
}
