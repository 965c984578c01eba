//! Maps that bring whole pixels to whole pixels: crops, flips, paddings, shifts without a fraction. Nothing is computed.

use super::{border::Beyond, matrix::Matrix};
use crate::image::{ImageRef, Size};

/// Along one axis: the source of target `i` is `offset` + `i` or `offset` - `i`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    reversed: bool,
    offset: i64,
}

impl Line {
    fn new(scale: f64, shift: f64) -> Option<Self> {
        let whole = shift.abs() < 1e9 && libm::floor(shift) == shift;
        match (whole, scale) {
            (true, 1.0) => Some(Self { reversed: false, offset: shift as i64 }),
            (true, -1.0) => Some(Self { reversed: true, offset: shift as i64 - 1 }),
            _ => None,
        }
    }

    fn source(self, target: usize) -> i64 {
        if self.reversed { self.offset - target as i64 } else { self.offset + target as i64 }
    }

    /// Targets whose source is in 0 to `length`.
    fn inside(self, length: usize, targets: usize) -> std::ops::Range<usize> {
        let (first, end) = match self.reversed {
            false => (-self.offset, length as i64 - self.offset),
            true => (self.offset - length as i64 + 1, self.offset + 1),
        };
        let clamp = |at: i64| at.clamp(0, targets as i64) as usize;
        clamp(first)..clamp(end).max(clamp(first))
    }
}

/// The two lines of such a map.
pub(crate) fn lines(matrix: &Matrix) -> Option<[Line; 2]> {
    let [x, y, _] = matrix.0;
    match matrix.is_axis_aligned() {
        true => Some([Line::new(x[0], x[2])?, Line::new(y[1], y[2])?]),
        false => None,
    }
}

/// Fills `out`, an image of `size`.
pub(crate) fn copy<const C: usize>(
    image: ImageRef<'_>,
    [x, y]: [Line; 2],
    size: Size,
    beyond: &Beyond<C>,
    out: &mut [u8],
) {
    let [width, height] = [image.size().width, image.size().height].map(|side| side as usize);
    let inside = x.inside(width, size.width as usize);
    for (target, out) in out.chunks_exact_mut(size.width as usize * C).enumerate() {
        let Some(row) = beyond.index(y.source(target), height).map(|row| image.row(row)) else {
            out.as_chunks_mut::<C>().0.fill(beyond.fill());
            continue;
        };
        if !inside.is_empty() {
            let ends = [inside.start, inside.end - 1].map(|target| x.source(target) as usize);
            let source = &row[ends[0].min(ends[1]) * C..(ends[0].max(ends[1]) + 1) * C];
            let target = &mut out[inside.start * C..inside.end * C];
            match x.reversed {
                false => target.copy_from_slice(source),
                true => reverse::<C>(source, target),
            }
        }
        let pixels = out.as_chunks_mut::<C>().0;
        for target in (0..inside.start).chain(inside.end..pixels.len()) {
            pixels[target] = match beyond.index(x.source(target), width) {
                Some(column) => row.as_chunks::<C>().0[column],
                None => beyond.fill(),
            };
        }
    }
}

/// The pixels of a row from its end.
fn reverse<const C: usize>(source: &[u8], out: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if C == 3 && is_x86_feature_detected!("ssse3") {
        // SAFETY: the processor has what the function was compiled for.
        let done = unsafe { wide(source, out) };
        return plain::<C>(&source[..source.len() - done], &mut out[done..]);
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    if C == 3 {
        let done = wide(source, out);
        return plain::<C>(&source[..source.len() - done], &mut out[done..]);
    }
    plain::<C>(source, out);
}

fn plain<const C: usize>(source: &[u8], out: &mut [u8]) {
    let source = source.as_chunks::<C>().0.iter().rev();
    out.as_chunks_mut::<C>().0.iter_mut().zip(source).for_each(|(out, pixel)| *out = *pixel);
}

/// Five pixels of three bytes at a time. Returns how many bytes it wrote.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "ssse3")]
fn wide(source: &[u8], out: &mut [u8]) -> usize {
    use std::arch::x86_64::*;
    // The last of 16 bytes belongs to the pixel that the next step writes over it.
    let order = _mm_setr_epi8(13, 14, 15, 10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3, -128);
    let length = source.len().min(out.len());
    let mut done = 0;
    while done + 16 <= length {
        // SAFETY: 16 bytes that end `done` before the source's end, and 16 from `done` on.
        unsafe {
            let pixels = _mm_loadu_si128(source.as_ptr().add(source.len() - done - 16).cast());
            _mm_storeu_si128(out.as_mut_ptr().add(done).cast(), _mm_shuffle_epi8(pixels, order));
        }
        done += 15;
    }
    done
}

/// The same in a browser.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
fn wide(source: &[u8], out: &mut [u8]) -> usize {
    use std::arch::wasm32::*;
    let order = u8x16(13, 14, 15, 10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3, 255);
    let length = source.len().min(out.len());
    let mut done = 0;
    while done + 16 <= length {
        // SAFETY: 16 bytes that end `done` before the source's end, and 16 from `done` on.
        unsafe {
            let pixels = v128_load(source.as_ptr().add(source.len() - done - 16).cast());
            v128_store(out.as_mut_ptr().add(done).cast(), u8x16_swizzle(pixels, order));
        }
        done += 15;
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_instructions_and_their_plain_twin_give_the_same_bits() {
        for width in 0..40 {
            let row: Vec<u8> = (0..3 * width).collect();
            let (mut one, mut other) = (vec![0; row.len()], vec![0; row.len()]);
            reverse::<3>(&row, &mut one);
            plain::<3>(&row, &mut other);
            assert_eq!(one, other);
        }
    }
}
