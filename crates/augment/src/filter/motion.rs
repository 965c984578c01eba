//! The mean along a line, as of a camera that moved.

use super::margins::{mirrored, with_margins};
use crate::{image::ImageRef, vectorised::vectorised};

/// Blurs along a line of `length` pixels, counter-clockwise from rightwards by `degrees`.
pub(crate) fn motion<const C: usize>(image: ImageRef<'_>, length: f64, degrees: f64, out: &mut [u8]) {
    let taps = taps(length, degrees);
    let height = image.size().height as usize;
    let margin = taps.iter().map(|tap| tap.right.unsigned_abs()).max().unwrap_or_default();
    let mut sums = vec![0u16; image.stride()];
    let mut padded = Vec::new();
    // Each row is padded once for every tap that reads it: few, and short beside the sums.
    for (y, out) in out.chunks_exact_mut(image.stride()).enumerate() {
        sums.fill(128);
        let mut last = None;
        for tap in &taps {
            let row = mirrored(y as isize + tap.down, height);
            if last != Some(row) {
                with_margins::<C>(image.row(row), margin, &mut padded);
                last = Some(row);
            }
            add(&padded[margin.strict_add_signed(tap.right) * C..], tap.weight, &mut sums);
        }
        finish(&sums, out);
    }
}

/// A pixel of the line, from its middle, with its share in 256ths.
#[derive(Debug, PartialEq)]
pub(super) struct Tap {
    pub right: isize,
    pub down: isize,
    pub weight: u16,
}

/// The line's pixels from top to bottom. Points every quarter of a pixel are shared among the four pixels around them.
pub(super) fn taps(length: f64, degrees: f64) -> Vec<Tap> {
    let angle = degrees.to_radians();
    let (right, down) = (libm::cos(angle), -libm::sin(angle));
    let points = (libm::ceil(length * 4.0) as usize).max(1);
    let mut shares = std::collections::BTreeMap::new();
    for point in 0..points {
        let along = ((point as f64 + 0.5) / points as f64 - 0.5) * length;
        let [x, y] = [right * along, down * along];
        let [left, top] = [x, y].map(libm::floor);
        for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
            let share = (1.0 - (x - left - dx).abs()) * (1.0 - (y - top - dy).abs());
            *shares.entry(((top + dy) as isize, (left + dx) as isize)).or_insert(0.0) += share / points as f64;
        }
    }
    // Rounded in order, handing on what was lost, so that the weights sum to 256.
    let (mut exact, mut given) = (0.0, 0);
    let taps = shares.into_iter().map(|((down, right), share)| {
        exact += share * 256.0;
        let weight = libm::round(exact) as u16 - given;
        given += weight;
        Tap { right, down, weight }
    });
    taps.filter(|tap| tap.weight > 0).collect()
}

vectorised! {
    fn add(row: &[u8], weight: u16, sums: &mut [u16]) {
        sums.iter_mut().zip(row).for_each(|(sum, &level)| *sum += u16::from(level) * weight);
    }
}

vectorised! {
    fn finish(sums: &[u16], out: &mut [u8]) {
        out.iter_mut().zip(sums).for_each(|(out, sum)| *out = (sum >> 8) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_no_length_is_one_pixel_and_weights_sum_to_one() {
        assert_eq!(taps(0.0, 30.0), [Tap { right: 0, down: 0, weight: 256 }]);
        for degrees in [0.0, 30.0, 45.0, 90.0, 137.0] {
            assert_eq!(taps(9.0, degrees).iter().map(|tap| tap.weight).sum::<u16>(), 256);
        }
        // Upwards to the right: what is right of the middle is above it.
        assert!(taps(9.0, 45.0).iter().all(|tap| tap.right * tap.down <= 1));
    }
}
