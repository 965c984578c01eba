//! Mixing the images of a batch with each other: MixUp (Zhang et al. 2018) and CutMix (Yun et al. 2019).

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    image::{Channels, Image, Size},
    random::{Draws, Key},
    vectorised::vectorised,
};

/// Images of one size, with the share that each class has in them.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    images: Vec<Image>,
    classes: usize,
    weights: Vec<f32>,
}

/// A mix: image `i` got part of image `partners[i]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MixRecord {
    /// Index of the image that each one was mixed with.
    pub partners: Vec<u32>,
    /// Share of the partner in each image and in its labels, 0 to 1.
    pub share: f64,
    /// `[left, top, width, height]` of what CutMix took from the partner; `None` for MixUp.
    pub window: Option<[u32; 4]>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mixer {
    pub number: u32,
    pub cut: bool,
    pub probability: f64,
    pub strength: f64,
    pub alpha: f64,
}

impl Batch {
    /// `weights` are `[images, classes]`, 1 at an image's class and 0 elsewhere before anything is mixed.
    ///
    /// # Errors
    /// Images of different sizes or channels, or another number of weights.
    pub fn new(images: Vec<Image>, classes: usize, weights: Vec<f32>) -> Result<Self> {
        let refuse = |culprit: String, found: String, expected: String| Err(Error::Batch { culprit, found, expected });
        if let Some(first) = images.first() {
            let shape = |image: &Image| {
                let Size { width, height } = image.size();
                format!("{width} x {height} with {} channels", image.channels().count())
            };
            let same = |image: &&Image| image.size() == first.size() && image.channels() == first.channels();
            if let Some((at, other)) = images.iter().enumerate().find(|(_, image)| !same(image)) {
                return refuse(format!("image {at}"), shape(other), shape(first));
            }
        }
        if weights.len() != images.len() * classes {
            let expected = format!("{} images x {classes} classes", images.len());
            return refuse("weights".to_owned(), weights.len().to_string(), expected);
        }
        Ok(Self { images, classes, weights })
    }

    /// The images.
    pub fn images(&self) -> &[Image] {
        &self.images
    }

    /// `[images, classes]`; the weights of an image keep their sum.
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    /// Images and weights.
    pub fn into_parts(self) -> (Vec<Image>, Vec<f32>) {
        (self.images, self.weights)
    }

    fn mix_weights(&mut self, partners: &[u32], share: f64) {
        let before = self.weights.clone();
        let share = share as f32;
        for (own, &partner) in self.weights.chunks_exact_mut(self.classes.max(1)).zip(partners) {
            let other = &before[partner as usize * self.classes..][..self.classes];
            own.iter_mut().zip(other).for_each(|(own, other)| *own += (other - *own) * share);
        }
    }
}

impl Mixer {
    pub(crate) fn apply(&self, batch: &mut Batch, key: Key) -> Option<MixRecord> {
        let mut draws = Draws::new(key, self.number);
        let count = batch.images.len();
        if !draws.chance(self.probability) || count < 2 || self.strength == 0.0 {
            return None;
        }
        // A random order in which each follows the one before: no image is mixed with itself.
        let mut order: Vec<u32> = (0..count as u32).collect();
        (1..count).rev().for_each(|at| order.swap(at, draws.below(at as u32 + 1) as usize));
        let mut partners = vec![0; count];
        (0..count).for_each(|at| partners[order[at] as usize] = order[(at + 1) % count]);
        let share = self.strength * (1.0 - beta(&mut draws, self.alpha));
        let before = batch.images.clone();
        let size = before[0].size();
        let others = partners.iter().map(|&partner| &before[partner as usize]);
        let (share, window) = match self.cut {
            false => {
                // The pixels' precision, so that labels and pixels have the same share.
                let levels = libm::round(share * 256.0) as u16;
                for (own, other) in batch.images.iter_mut().zip(others) {
                    mix(other.pixels(), own.pixels_mut(), levels);
                }
                (f64::from(levels) / 256.0, None)
            }
            true => {
                let [left, top, width, height] = window(&mut draws, size, share);
                for (own, other) in batch.images.iter_mut().zip(others) {
                    let channels = Channels::count(own.channels());
                    let stride = size.width as usize * channels;
                    for y in top..top + height {
                        let row = y as usize * stride + left as usize * channels;
                        let cut = row..row + width as usize * channels;
                        own.pixels_mut()[cut.clone()].copy_from_slice(&other.pixels()[cut]);
                    }
                }
                let area = f64::from(width) * f64::from(height) / size.pixels() as f64;
                (area, Some([left, top, width, height]))
            }
        };
        batch.mix_weights(&partners, share);
        Some(MixRecord { partners, share, window })
    }
}

/// A window of about this share of the area, its centre anywhere, cut at the image's edge: the paper's.
fn window(draws: &mut Draws, size: Size, share: f64) -> [u32; 4] {
    let side = libm::sqrt(share);
    let mut part = |whole: u32| {
        let half = (side * f64::from(whole) / 2.0) as u32;
        let centre = draws.below(whole);
        (centre.saturating_sub(half), (centre + half).min(whole))
    };
    let ((left, right), (top, bottom)) = (part(size.width), part(size.height));
    [left, top, right - left, bottom - top]
}

vectorised! {
    fn mix(other: &[u8], own: &mut [u8], share: u16) {
        for (own, &other) in own.iter_mut().zip(other) {
            *own = ((u16::from(*own) * (256 - share) + u16::from(other) * share + 128) >> 8) as u8;
        }
    }
}

/// A draw from Beta(`alpha`, `alpha`): the share of one of two gamma variates.
fn beta(draws: &mut Draws, alpha: f64) -> f64 {
    let [a, b] = [0; 2].map(|_| gamma(draws, alpha));
    if a + b > 0.0 { a / (a + b) } else { f64::from(draws.below(2)) }
}

/// Marsaglia and Tsang (2000); below shape 1 by their boost.
fn gamma(draws: &mut Draws, shape: f64) -> f64 {
    let boost = if shape < 1.0 { libm::pow(1.0 - draws.unit(), 1.0 / shape) } else { 1.0 };
    let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        // Box and Muller (1958).
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - draws.unit()));
        let x = radius * libm::cos(std::f64::consts::TAU * draws.unit());
        let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
        if v > 0.0 && libm::log(1.0 - draws.unit()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return boost * d * v;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beta_draws_have_the_distributions_mean_and_variance() {
        for alpha in [0.2, 1.0, 4.0] {
            let mut draws = Draws::new(Key::default(), 1);
            let found: Vec<f64> = (0..8000).map(|_| beta(&mut draws, alpha)).collect();
            let mean = found.iter().sum::<f64>() / 8000.0;
            let variance = found.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 8000.0;
            let expected = 1.0 / (4.0 * (2.0 * alpha + 1.0));
            assert!((mean - 0.5).abs() < 0.02 && (variance / expected - 1.0).abs() < 0.06, "{mean} {variance}");
        }
    }
}
