//! Actions that change each level by itself: brightness, contrast, gamma, posterize, solarize, invert, equalize and
//! autocontrast are all one table. Tables that follow each other become one.

use std::sync::LazyLock;

use super::{
    statistics::{histograms, mean_luma},
    table::Tables,
};
use crate::{
    action::Action,
    image::{ImageRef, by_channels},
};

/// The table of one action on `image`.
pub(crate) fn tables(action: &Action, image: ImageRef<'_>) -> Tables {
    match *action {
        Action::Contrast { factor } => contrast(mean_luma(image), factor),
        Action::Equalize { share } => from_histograms(image, share, equalized),
        Action::Autocontrast { share } => from_histograms(image, share, stretched),
        Action::Brightness { .. }
        | Action::Gamma { .. }
        | Action::Posterize { .. }
        | Action::Solarize { .. }
        | Action::Invert
        | geometry_actions!()
        | color_actions!()
        | filter_actions!()
        | noise_actions!()
        | codec_actions!()
        | erase_actions!()
        | background_actions!() => fixed(action),
    }
}

/// The table of an action that does not depend on the image.
pub(super) fn fixed(action: &Action) -> Tables {
    match *action {
        Action::Brightness { factor } => Tables::from_levels(|level| nearest(f64::from(level) * factor)),
        Action::Gamma { exponent } => Tables::from_levels(|level| gamma(level, exponent)),
        Action::Posterize { bits } => Tables::from_levels(|level| level & (0xff00u16 >> bits) as u8),
        Action::Solarize { threshold } => {
            Tables::from_levels(|level| if u32::from(level) < threshold { level } else { 255 - level })
        }
        Action::Invert => Tables::from_levels(|level| 255 - level),
        Action::Contrast { .. }
        | Action::Equalize { .. }
        | Action::Autocontrast { .. }
        | geometry_actions!()
        | color_actions!()
        | filter_actions!()
        | noise_actions!()
        | codec_actions!()
        | erase_actions!()
        | background_actions!() => unreachable!("{action:?} is not a fixed table of levels"),
    }
}

/// The table of a contrast on an image of this mean luminance.
pub(super) fn contrast(mean: u8, factor: f64) -> Tables {
    let mean = f64::from(mean);
    Tables::from_levels(|level| nearest(mean + (f64::from(level) - mean) * factor))
}

/// A share in 256ths.
pub(super) fn share(share: f64) -> u32 {
    libm::round(share * 256.0) as u32
}

fn nearest(level: f64) -> u8 {
    libm::floor(level + 0.5).clamp(0.0, 255.0) as u8
}

/// Natural logarithms of the levels, of which 255 is 1.
static LOGARITHMS: LazyLock<[f64; 256]> =
    LazyLock::new(|| std::array::from_fn(|level| libm::log(level as f64 / 255.0)));

fn gamma(level: u8, exponent: f64) -> u8 {
    match level {
        0 => 0,
        _ => nearest(255.0 * libm::exp(LOGARITHMS[usize::from(level)] * exponent)),
    }
}

fn from_histograms(image: ImageRef<'_>, part: f64, table: impl Fn(&[u32; 256]) -> [u8; 256]) -> Tables {
    let counts = by_channels!(image.channels(), C => histograms::<C>(image.pixels()));
    let share = share(part);
    let mixed = |counts: &[u32; 256]| {
        let table = table(counts);
        std::array::from_fn(|level| ((level as u32 * (256 - share) + u32::from(table[level]) * share + 128) >> 8) as u8)
    };
    Tables::Each(Box::new(counts.each_ref().map(mixed)))
}

/// As many pixels at each level, as far as whole levels allow. The last level that occurs does not count (as in PIL, whose
/// operator the papers on learned augmentation use).
fn equalized(counts: &[u32; 256]) -> [u8; 256] {
    let identity = std::array::from_fn(|level| level as u8);
    let mut present = counts.iter().filter(|count| **count > 0);
    let (Some(last), true) = (present.next_back(), present.next_back().is_some()) else { return identity };
    let step = (counts.iter().sum::<u32>() - last) / 255;
    if step == 0 {
        return identity;
    }
    let mut below = step / 2;
    counts.map(|count| {
        let level = below / step;
        below += count;
        level.min(255) as u8
    })
}

/// The darkest level that occurs becomes 0, the brightest 255.
fn stretched(counts: &[u32; 256]) -> [u8; 256] {
    let occurs = |level: &usize| counts[*level] > 0;
    let ends = (0..256).find(occurs).zip((0..256).rev().find(occurs));
    std::array::from_fn(|level| match ends {
        Some((dark, bright)) if dark < bright => {
            let above = level.clamp(dark, bright) - dark;
            ((above * 255 + (bright - dark) / 2) / (bright - dark)) as u8
        }
        _ => level as u8,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(levels: &[(usize, u32)]) -> [u32; 256] {
        let mut counts = [0; 256];
        levels.iter().for_each(|(level, count)| counts[*level] = *count);
        counts
    }

    #[test]
    fn stretching_reaches_both_ends_and_leaves_one_level_alone() {
        let table = stretched(&counts(&[(50, 1), (100, 4), (150, 1)]));
        assert_eq!([table[50], table[100], table[150]], [0, 128, 255]);
        assert_eq!(stretched(&counts(&[(50, 9)]))[50], 50);
    }

    #[test]
    fn equalizing_an_even_histogram_changes_nothing() {
        let table = equalized(&[64; 256]);
        assert!(table.iter().enumerate().all(|(level, found)| level.abs_diff(usize::from(*found)) <= 1));
        assert_eq!(equalized(&counts(&[(50, 900)]))[50], 50);
    }
}
