//! Metrics of a generator against photos.

use burn::tensor::Device;
use windowshop_features::hash::combine;
use windowshop_metrics::{
    Estimates,
    samples::{
        copying::{Copying, copying},
        frechet::frechet,
        kernel::kernel,
        manifold::manifold,
    },
};

use super::features::ImageFeatures;
use crate::{
    gan::{images, model::GeneratorModel},
    image::model::ImageModel,
};

/// Separates the seeds of evaluated images from other uses of a seed.
const EVALUATED: u64 = 0x6a75_6467_6564;

/// Photos in an encoder's feature space, to compare generated images with.
pub struct Evaluation<'a> {
    pub encoder: &'a ImageModel,
    /// Photos that the generator was not trained on.
    pub real: ImageFeatures,
    /// Photos that the generator was trained on, if known.
    pub training: Option<ImageFeatures>,
    pub seed: u64,
    pub device: &'a Device,
}

impl Evaluation<'_> {
    /// Metrics of one generated image per label.
    pub fn evaluate(&self, model: &GeneratorModel, labels: &[usize]) -> (Estimates, Option<Copying>) {
        let images = generate(model, labels, self.seed, self.device);
        let generated = ImageFeatures::extract(self.encoder, &images, &model.card.model, self.device);
        let copied = self.training.as_ref().and_then(|training| copying(training, &self.real, &generated));
        (self.metrics(&generated), copied)
    }

    /// `frechet`, `kid`, `precision`, `recall`, `density`, `coverage` of `images` against the real photos.
    pub fn metrics(&self, images: &ImageFeatures) -> Estimates {
        let mut found = manifold(&self.real, images, self.seed);
        found.extend(frechet(&self.real, images).map(|distance| ("frechet".to_owned(), distance)));
        found.extend(kernel(&self.real, images).map(|distance| ("kid".to_owned(), distance)));
        found
    }
}

/// One generated image per label, `[channels, size, size]`.
pub fn generate(model: &GeneratorModel, labels: &[usize], seed: u64, device: &Device) -> Vec<Vec<u8>> {
    let key = combine(seed, EVALUATED);
    let wanted: Vec<(usize, u64)> =
        labels.iter().enumerate().map(|(i, label)| (*label, combine(key, i as u64))).collect();
    let mut generated = Vec::with_capacity(labels.len());
    let card = &model.card;
    images::make(&model.generator, &card.model, card.classes.len(), &wanted, device, |batch, _| {
        generated.extend(images::pixels(batch));
    });
    generated
}
