//! Replacing the white that surrounds a product in a catalogue's photo.

use crate::{
    action::Texture,
    colour::luma,
    image::{ImageRef, Size},
    random::words,
};

/// White that is connected with the image's edge becomes `colors` in the given texture. Where the image is only nearly
/// white, it is taken for a mixture of product and white, and only the white part changes: edges and shadows stay soft.
/// White inside the product stays.
pub(crate) fn replace<const C: usize>(
    image: ImageRef<'_>,
    colors: [[u8; 3]; 2],
    texture: Texture,
    white: u32,
    softness: u32,
    out: &mut [u8],
) {
    let size = image.size();
    let pixels = image.pixels().as_chunks::<C>().0;
    let darkest: Vec<u32> =
        pixels.iter().map(|pixel| u32::from(*pixel[..C.min(3)].iter().min().expect("a channel"))).collect();
    // 256ths of white in a pixel.
    let share = |darkest: &u32| {
        let above = (darkest + softness).saturating_sub(white);
        (above * 256).checked_div(softness).unwrap_or(256 * u32::from(*darkest >= white)).min(256)
    };
    let mut shares: Vec<u32> = darkest.iter().map(share).collect();
    let outside = connected(size, |at| shares[at] > 0);
    shares.iter_mut().zip(&outside).filter(|(_, outside)| !**outside).for_each(|(share, _)| *share = 0);
    unmix_edges(size, &outside, &darkest, white, &mut shares);
    let color = painter(size, colors, texture);
    let width = size.width as usize;
    for (at, (out, pixel)) in out.as_chunks_mut::<C>().0.iter_mut().zip(pixels).enumerate() {
        *out = *pixel;
        if shares[at] > 0 {
            let new = color(at % width, at / width);
            let new = if C == 1 { [luma(new); 3] } else { new };
            for (channel, out) in out[..C.min(3)].iter_mut().enumerate() {
                let darker = (255 - u32::from(new[channel])) * shares[at];
                *out = u32::from(*out).saturating_sub((darker + 128) >> 8) as u8;
            }
        }
    }
}

/// Pixels that are connected with the edge through pixels like them, by side or corner.
fn connected(size: Size, like: impl Fn(usize) -> bool) -> Vec<bool> {
    let [width, height] = [size.width, size.height].map(|side| side as usize);
    let mut found = vec![false; width * height];
    let mut open: Vec<usize> = (0..width)
        .flat_map(|x| [x, (height - 1) * width + x])
        .chain((0..height).flat_map(|y| [y * width, y * width + width - 1]))
        .collect();
    while let Some(at) = open.pop() {
        if !found[at] && like(at) {
            found[at] = true;
            open.extend(around(size, at, 1).filter(|&at| !found[at]));
        }
    }
    found
}

/// The pixels at most `distance` columns and rows away.
fn around(size: Size, at: usize, distance: usize) -> impl Iterator<Item = usize> {
    let [width, height] = [size.width, size.height].map(|side| side as usize);
    let near = move |at: usize, end: usize| at.saturating_sub(distance)..(at + distance + 1).min(end);
    near(at / width, height).flat_map(move |y| near(at % width, width).map(move |x| y * width + x))
}

/// Raises the share of white of pixels at the product's outline, where a lens or a resize mixed both: how far a pixel is
/// from the darkest nearby, which is product, to white.
fn unmix_edges(size: Size, outside: &[bool], darkest: &[u32], white: u32, shares: &mut [u32]) {
    /// Pixels over which an outline is mixed.
    const REACH: usize = 2;
    let outline = (0..outside.len()).filter(|&at| outside[at] && around(size, at, 1).any(|at| !outside[at]));
    let mut mixed = vec![false; outside.len()];
    outline.for_each(|at| around(size, at, REACH).for_each(|at| mixed[at] = true));
    for at in (0..mixed.len()).filter(|&at| mixed[at]) {
        let product = around(size, at, REACH).map(|at| darkest[at]).min().unwrap_or(white);
        if product < white {
            let share = darkest[at].saturating_sub(product) * 256 / (white - product);
            shares[at] = shares[at].max(share.min(256));
        }
    }
}

/// The new colour of each pixel.
fn painter(size: Size, [from, to]: [[u8; 3]; 2], texture: Texture) -> impl Fn(usize, usize) -> [u8; 3] {
    let mix = move |share: f32| -> [u8; 3] {
        std::array::from_fn(|channel| {
            let [from, to] = [from, to].map(|color| f32::from(color[channel]));
            (from + (to - from) * share + 0.5) as u8
        })
    };
    let [width, height] = [size.width, size.height].map(|side| side as f32);
    let (right, down) = match texture {
        Texture::Gradient { degrees } => {
            let angle = degrees.to_radians();
            (libm::cos(angle) as f32, -libm::sin(angle) as f32)
        }
        Texture::Plain | Texture::Clouds { .. } => (0.0, 0.0),
    };
    // Half of what the image extends along the direction.
    let half = ((right * width).abs() + (down * height).abs()) / 2.0;
    let clouds = match texture {
        Texture::Clouds { stream } => Some(Clouds::new(stream, width.max(height))),
        Texture::Plain | Texture::Gradient { .. } => None,
    };
    move |x, y| match texture {
        Texture::Plain => from,
        Texture::Gradient { .. } => {
            let [x, y] = [x as f32 + 0.5 - width / 2.0, y as f32 + 0.5 - height / 2.0];
            mix(((x * right + y * down) / half / 2.0 + 0.5).clamp(0.0, 1.0))
        }
        Texture::Clouds { .. } => mix(clouds.as_ref().map_or(0.0, |clouds| clouds.at(x as f32, y as f32))),
    }
}

/// Value noise in three octaves: random values on a grid, blended smoothly, each octave finer and fainter.
struct Clouds {
    values: Vec<f32>,
    longest: f32,
}

impl Clouds {
    /// Cells of the coarsest octave along the longer side.
    const CELLS: usize = 4;
    /// Points along a side of the finest octave's grid.
    const POINTS: usize = Self::CELLS * 4 + 1;

    fn new(stream: u32, longest: f32) -> Self {
        let random = (0..).flat_map(|group| words(stream, group));
        let values = random.take(Self::POINTS * Self::POINTS).map(|word| (word >> 8) as f32 / (1 << 24) as f32);
        Self { values: values.collect(), longest }
    }

    /// 0 to 1.
    fn at(&self, x: f32, y: f32) -> f32 {
        let [x, y] = [x, y].map(|at| at / self.longest);
        let octave = |cells: usize| {
            let place = |at: f32| {
                let at = at * cells as f32;
                let cell = (at as usize).min(cells - 1);
                let t = at - cell as f32;
                (cell, t * t * (3.0 - 2.0 * t))
            };
            let ((column, across), (row, down)) = (place(x), place(y));
            let value = |column: usize, row: usize| self.values[row * Self::POINTS + column];
            let along = |row: usize| value(column, row) + (value(column + 1, row) - value(column, row)) * across;
            along(row) + (along(row + 1) - along(row)) * down
        };
        let [coarse, middle, fine] = [1, 2, 4].map(|times| octave(Self::CELLS * times));
        (4.0 * coarse + 2.0 * middle + fine) / 7.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Channels;

    #[test]
    fn white_around_the_product_changes_and_white_inside_it_stays() {
        // A dark ring around a white middle, on white.
        let size = Size { width: 9, height: 9 };
        let ring = |x: i32, y: i32| (x - 4).abs().max((y - 4).abs()) == 2;
        let pixels: Vec<u8> =
            (0..81).flat_map(|at| if ring(at % 9, at / 9) { [30, 60, 90] } else { [255; 3] }).collect();
        let mut out = vec![0; pixels.len()];
        let image = ImageRef::trusted(size, Channels::Rgb, &pixels);
        replace::<3>(image, [[10, 200, 30]; 2], Texture::Plain, 250, 40, &mut out);
        let pixel = |x: usize, y: usize| &out[(y * 9 + x) * 3..][..3];
        assert_eq!(pixel(0, 0), [10, 200, 30]);
        assert_eq!(pixel(1, 4), [10, 200, 30]);
        assert_eq!(pixel(2, 4), [30, 60, 90]);
        assert_eq!(pixel(4, 4), [255; 3]);
        replace::<3>(image, [[255; 3]; 2], Texture::Plain, 250, 40, &mut out);
        assert_eq!(out, pixels);
    }
}
