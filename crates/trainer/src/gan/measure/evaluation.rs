//! Every measure of a generator, beside what photos themselves would have.

use windowshop_features::hash::combine;

use super::{
    copying::{Copying, copying},
    features::Points,
    frechet::frechet,
    kernel::kernel,
    manifold::manifold,
};
use crate::{
    gan::{images, model::GeneratorModel},
    image::model::ImageModel,
    learning::bootstrap::Estimates,
};
use burn::tensor::Device;

/// Separates the seeds of pictures that are judged from others.
const JUDGED: u64 = 0x6a75_6467_6564;

/// Photos as an encoder sees them.
pub struct Evaluation<'a> {
    pub encoder: &'a ImageModel,
    /// Photos that no generator has learned from.
    pub real: Points,
    /// Photos that the generator has learned from, if they are known.
    pub learned: Option<Points>,
    pub seed: u64,
    pub device: &'a Device,
}

impl Evaluation<'_> {
    /// Measures of pictures made for these categories.
    pub fn judge(&self, model: &GeneratorModel, labels: &[usize]) -> (Estimates, Option<Copying>) {
        let made =
            Points::of(self.encoder, &make(model, labels, self.seed, self.device), &model.card.model, self.device);
        let copied = self.learned.as_ref().and_then(|learned| copying(learned, &self.real, &made));
        (self.measures(&made), copied)
    }

    /// `frechet`, `kid`, `precision`, `recall`, `density`, `coverage` of any points.
    pub fn measures(&self, made: &Points) -> Estimates {
        let mut found = manifold(&self.real, made, self.seed);
        found.extend(frechet(&self.real, made).map(|distance| ("frechet".to_owned(), distance)));
        found.extend(kernel(&self.real, made).map(|distance| ("kid".to_owned(), distance)));
        found
    }
}

/// A picture of each label, `[channels, size, size]`.
pub fn make(model: &GeneratorModel, labels: &[usize], seed: u64, device: &Device) -> Vec<Vec<u8>> {
    let key = combine(seed, JUDGED);
    let wanted: Vec<(usize, u64)> =
        labels.iter().enumerate().map(|(i, label)| (*label, combine(key, i as u64))).collect();
    let mut made = Vec::with_capacity(labels.len());
    let card = &model.card;
    images::make(&model.generator, &card.model, card.classes.len(), &wanted, device, |some, _| {
        made.extend(images::pixels(some));
    });
    made
}
