//! What an image's levels are: their mean luminance, and how often each occurs.

use super::table::sums;
use crate::image::{Channels, ImageRef, by_channels};

/// Mean luminance (ITU-R BT.601), the nearest whole level.
pub(crate) fn mean_luma(image: ImageRef<'_>) -> u8 {
    let mut found = [0; 4];
    by_channels!(image.channels(), C => sums::<C>(image.pixels(), &mut found));
    let [first, green, blue, _] = found;
    let weighted = match image.channels() {
        Channels::Gray => 1000 * first,
        Channels::Rgb | Channels::Rgba => 299 * first + 587 * green + 114 * blue,
    };
    let whole = 1000 * image.size().pixels() as u64;
    ((weighted + whole / 2) / whole) as u8
}

/// How often each level occurs in each channel; grey has the first only.
pub(crate) fn histograms<const C: usize>(pixels: &[u8]) -> [[u32; 256]; 3] {
    /// Counters side by side: a run of one level would make each addition wait for the one before.
    const COPIES: usize = 4;
    let channels = C.min(3);
    let mut counts = vec![[[0u32; 256]; 3]; COPIES];
    let (groups, rest) = pixels.as_chunks::<C>().0.as_chunks::<COPIES>();
    for group in groups {
        for (pixel, counts) in group.iter().zip(&mut counts) {
            (0..channels).for_each(|channel| counts[channel][usize::from(pixel[channel])] += 1);
        }
    }
    for pixel in rest {
        (0..channels).for_each(|channel| counts[0][channel][usize::from(pixel[channel])] += 1);
    }
    std::array::from_fn(|channel| std::array::from_fn(|level| counts.iter().map(|copy| copy[channel][level]).sum()))
}
