//! Luminance, and what moves colours towards it or away from it.

use super::planes::{BLOCK, Change, Planes, by_planes};
use crate::vectorised::vectorised;

/// Luminance (ITU-R BT.601) in 256ths: 77, 150 and 29.
#[inline(always)]
fn weigh(red: i32, green: i32, blue: i32) -> i32 {
    (77 * red + 150 * green + 29 * blue + 128) >> 8
}

/// Luminance of a colour.
pub(crate) fn luma([red, green, blue]: [u8; 3]) -> u8 {
    weigh(red.into(), green.into(), blue.into()) as u8
}

/// Parts of the factor 1.
const BITS: u32 = 12;

/// Stretches the distance of each pixel to its luminance; 0 is grey, 1 is the image.
pub(crate) fn saturate<const C: usize>(source: &[u8], factor: f64, out: &mut [u8]) {
    stretch::<C>(source, parts(factor), out);
}

/// A factor in parts of 1.
pub(super) fn parts(factor: f64) -> i32 {
    libm::round(factor * f64::from(1 << BITS)) as i32
}

vectorised! {
    fn stretch<const C: usize>(source: &[u8], factor: i32, out: &mut [u8]) {
        by_planes::<C>(source, &Stretch { factor }, out);
    }
}

struct Stretch {
    /// 2^[`BITS`] is the image.
    factor: i32,
}

impl Change for Stretch {
    #[inline(always)]
    fn change(&self, [red, green, blue]: &mut Planes) {
        for i in 0..BLOCK {
            let [r, g, b] = [red[i], green[i], blue[i]].map(i32::from);
            let luma = weigh(r, g, b);
            let base = (luma << BITS) + (1 << (BITS - 1));
            let stretched = |level: i32| ((base + (level - luma) * self.factor) >> BITS).clamp(0, 255) as u8;
            (red[i], green[i], blue[i]) = (stretched(r), stretched(g), stretched(b));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_has_three_equal_channels_and_factor_one_changes_nothing() {
        let pixels: Vec<u8> = (0..300).map(|i| (i * 37 % 256) as u8).collect();
        let mut out = vec![0; 300];
        saturate::<3>(&pixels, 0.0, &mut out);
        assert!(
            out.as_chunks::<3>().0.iter().zip(pixels.as_chunks::<3>().0).all(|(out, pixel)| *out == [luma(*pixel); 3])
        );
        saturate::<3>(&pixels, 1.0, &mut out);
        assert_eq!(out, pixels);
    }
}
