//! Which pixels of a line make each pixel of a stretched one, and with what weights.

use std::ops::Range;

use crate::{image::Size, number::nearest, sampling::Interpolation};

/// Bits of a weight's fraction.
pub(crate) const BITS: u32 = 14;

/// For each target the first source pixel and the weights of it and its followers, which sum to 2^[`BITS`]. All targets have
/// the same, even number of weights; the last ones may be 0.
#[derive(Clone, Debug)]
pub(crate) struct Taps {
    pub firsts: Vec<u32>,
    /// Two weights in one number, the first in the low half: `[targets, pairs]`.
    pub pairs: Vec<[i16; 2]>,
    pub pairs_each: usize,
    /// Of `firsts`.
    greatest: u32,
}

impl Taps {
    /// `to` pixels from the part `start` to `start` + `length` of a line of `from`.
    pub fn new(start: f64, length: f64, from: u32, to: u32, interpolation: Interpolation) -> Self {
        let mut taps = match interpolation {
            Interpolation::Bilinear if length <= f64::from(to) => Self::between_two(start, length, from, to),
            Interpolation::Bilinear => Self::by(|d| (1.0 - d).max(0.0), 1.0, [start, length], from, to),
            Interpolation::Bicubic => Self::by(super::bicubic::cubic, 2.0, [start, length], from, to),
        };
        taps.greatest = taps.firsts.iter().copied().max().unwrap_or_default();
        taps
    }

    /// For the columns and the rows of a whole image that becomes smaller, every pixel averaged.
    pub fn of_whole(from: Size, to: Size) -> [Self; 2] {
        [(from.width, to.width), (from.height, to.height)]
            .map(|(from, to)| Self::new(0.0, f64::from(from), from, to, Interpolation::Bilinear))
    }

    /// [`Taps::by`] the triangle filter where nothing is reduced: the two nearest pixels.
    fn between_two(start: f64, length: f64, from: u32, to: u32) -> Self {
        const ONE: i32 = 1 << BITS;
        let scale = length / f64::from(to);
        let mut taps = Self { firsts: Vec::new(), pairs: Vec::new(), pairs_each: 1, greatest: 0 };
        (taps.firsts, taps.pairs) = (0..to)
            .map(|target| {
                let place = start + (f64::from(target) + 0.5) * scale - 0.5;
                let place = place.clamp(0.0, f64::from(from - 1));
                let first = place as u32;
                match nearest((place - f64::from(first)) * f64::from(ONE)) {
                    ONE => (first + 1, [ONE as i16, 0]),
                    share => (first, [(ONE - share) as i16, share as i16]),
                }
            })
            .unzip();
        taps
    }

    /// By a filter of distances up to `radius`.
    fn by(filter: impl Fn(f64) -> f64, radius: f64, [start, length]: [f64; 2], from: u32, to: u32) -> Self {
        let scale = length / f64::from(to);
        let spread = scale.max(1.0);
        let (part, end) = (1.0 / spread, f64::from(from));
        let mut taps = Self { firsts: Vec::with_capacity(to as usize), pairs: Vec::new(), pairs_each: 1, greatest: 0 };
        let (mut weights, mut whole) = (Vec::new(), Vec::new());
        // Weights of all targets behind each other, and how many each has.
        let (mut all, mut counts) = (Vec::new(), Vec::with_capacity(to as usize));
        for target in 0..to {
            let centre = start + (f64::from(target) + 0.5) * scale;
            let first = ((centre - radius * spread).clamp(0.0, end) as u32).min(from - 1);
            let last = ((centre + radius * spread + 1.0).clamp(0.0, end) as u32).max(first + 1);
            weights.clear();
            weights.extend((first..last).map(|i| filter((f64::from(i) + 0.5 - centre).abs() * part)));
            let trimmed = whole_weights(&weights, &mut whole);
            taps.firsts.push(first + trimmed.start as u32);
            taps.pairs_each = taps.pairs_each.max(trimmed.len().div_ceil(2));
            all.extend_from_slice(&whole[trimmed.clone()]);
            counts.push(trimmed.len());
        }
        taps.pairs = vec![[0; 2]; counts.len() * taps.pairs_each];
        let mut rest = all.as_slice();
        for (pairs, count) in taps.pairs.chunks_exact_mut(taps.pairs_each).zip(counts) {
            let (own, after) = rest.split_at(count);
            pairs.as_flattened_mut()[..count].copy_from_slice(own);
            rest = after;
        }
        taps
    }

    pub fn len(&self) -> usize {
        self.firsts.len()
    }

    /// The first source pixel of a target, and its weights without the zeros behind them.
    pub fn of(&self, target: usize) -> (usize, &[i16]) {
        let weights = self.pairs[target * self.pairs_each..][..self.pairs_each].as_flattened();
        let count = weights.iter().rposition(|weight| *weight != 0).map_or(1, |last| last + 1);
        (self.firsts[target] as usize, &weights[..count])
    }

    /// The source pixels that any target reads.
    pub fn needed(&self) -> Range<usize> {
        let first = self.firsts.iter().min().map_or(0, |first| *first as usize);
        let end = (0..self.len()).map(|target| {
            let (first, weights) = self.of(target);
            first + weights.len()
        });
        first..end.max().unwrap_or(first)
    }

    /// How many of the first targets have only pairs that begin before source pixel `end`. First pixels do not always
    /// rise: weights of 0 in front are left out.
    #[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
    pub fn before(&self, end: usize) -> usize {
        let begins_behind = |first: u32| first as usize + 2 * self.pairs_each > end + 1;
        match begins_behind(self.greatest) {
            false => self.len(),
            true => self.firsts.iter().position(|first| begins_behind(*first)).unwrap_or(self.len()),
        }
    }
}

/// Weights as whole numbers of the right sum, into `whole`; which of them are left without the zeros at both ends.
fn whole_weights(weights: &[f64], whole: &mut Vec<i16>) -> Range<usize> {
    let one = f64::from(1 << BITS) / weights.iter().sum::<f64>();
    whole.clear();
    whole.extend(weights.iter().map(|weight| nearest(weight * one) as i16));
    let rest = (1 << BITS) - whole.iter().map(|weight| i32::from(*weight)).sum::<i32>();
    let greatest = (0..whole.len()).max_by_key(|&i| whole[i]).expect("a weight");
    whole[greatest] += rest as i16;
    let start = whole.iter().position(|weight| *weight != 0).expect("weights of sum 1");
    let end = whole.iter().rposition(|weight| *weight != 0).expect("weights of sum 1");
    start..end + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_at_its_own_size_is_itself_and_at_half_the_mean_of_neighbours() {
        let same = Taps::new(0.0, 5.0, 5, 5, Interpolation::Bilinear);
        assert!((0..5).all(|target| same.of(target) == (target, &[1 << BITS][..])));
        let half = Taps::new(0.0, 8.0, 8, 4, Interpolation::Bilinear);
        assert_eq!(half.of(1), (1, &[2048, 6144, 6144, 2048][..]));
    }

    #[test]
    fn weights_always_sum_to_one_and_stay_inside_the_line() {
        for interpolation in [Interpolation::Bilinear, Interpolation::Bicubic] {
            for (start, length, from, to) in
                [(0.0, 1.0, 1, 7), (2.3, 4.1, 9, 3), (0.0, 100.0, 100, 3), (0.5, 0.25, 2, 9), (0.0, 11.0, 11, 77)]
            {
                let taps = Taps::new(start, length, from, to, interpolation);
                let needed = taps.needed();
                let end = (needed.start + needed.end) / 2;
                let before = taps.before(end);
                let begin = |target: usize| taps.firsts[target] as usize + 2 * (taps.pairs_each - 1);
                assert!((0..before).all(|target| begin(target) < end));
                assert!(before == taps.len() || begin(before) >= end);
                for target in 0..to as usize {
                    let (first, weights) = taps.of(target);
                    assert_eq!(weights.iter().map(|weight| i32::from(*weight)).sum::<i32>(), 1 << BITS);
                    assert!(first + weights.len() <= from as usize);
                    assert!(needed.start <= first && first + weights.len() <= needed.end);
                }
            }
        }
    }
}
