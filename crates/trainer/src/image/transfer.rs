//! Training on frozen features: a pretrained backbone's features of a few views of each photo, computed once.

use std::{fs, sync::Arc};

use anyhow::{Context, bail};
use burn::tensor::{Device, Tensor, TensorData};
use safetensors::SafeTensors;
use windowshop_augment::{AugmentPolicy, Key};
use windowshop_features::{hash::combine, photo};
use windowshop_model::{ImageEmbedder, ImageEncoder, image::pretrained, weights};
use windowshop_schema::{ImageTrainConfig, manifest::PhotoSpec};

use super::{
    augment::changed,
    image_dataset::ImageDataset,
    learner::{ImageLoss, ImagePredictions, tensor, validation},
};
use crate::learning::{
    checkpoint::weights_of,
    optimise::{Objective, Validation},
    split::Split,
};

/// Photos per batch of the backbone.
const BATCH: usize = 16;

/// Loads the backbone's weights from a file.
pub fn backbone(path: &str, encoder: ImageEncoder, device: &Device) -> anyhow::Result<ImageEncoder> {
    if path.is_empty() {
        bail!(
            "model.backbone is empty: expected the safetensors file of EfficientNet-Lite0; --set model.backbone=FILE"
        );
    }
    let bytes = fs::read(path).with_context(|| format!("model.backbone: {path}: cannot be read"))?;
    let file = SafeTensors::deserialize(&bytes).with_context(|| format!("model.backbone: {path}"))?;
    let folded =
        pretrained::efficientnet_lite0(&weights_of(&file)).with_context(|| format!("model.backbone: {path}"))?;
    weights::load(encoder, &folded, device).with_context(|| format!("model.backbone: {path}"))
}

/// Features of all views of all photos.
pub struct Features {
    /// `[photos, views, features]`; the first view is the photo itself.
    values: Vec<f32>,
    views: usize,
    dim: usize,
}

impl Features {
    /// Computes the features of every photo under each of `policies`; of photos that are not in `several` under the first alone.
    pub fn read(
        encoder: &ImageEncoder,
        images: &ImageDataset,
        several: &[usize],
        policies: &[AugmentPolicy],
        spec: &PhotoSpec,
        device: &Device,
        step: impl Fn(),
    ) -> Self {
        let views = policies.len();
        let mut jobs: Vec<(usize, usize)> = (0..images.pixels.len()).map(|photo| (photo, 0)).collect();
        jobs.extend(several.iter().flat_map(|&photo| (1..views).map(move |view| (photo, view))));
        let (mut values, mut dim) = (Vec::new(), 0);
        for chunk in jobs.chunks(BATCH) {
            let mut pixels = Vec::new();
            for &(photo, number) in chunk {
                let key = Key { seed: 0, sample: photo as u64, epoch: number as u32 };
                pixels.extend(photo::normalise(&changed(&policies[number], &images.pixels[photo], spec, key), spec));
            }
            let found = encoder.forward(tensor(pixels, chunk.len(), spec, device));
            dim = found.dims()[1];
            values.resize(images.pixels.len() * views * dim, 0.0);
            let found = found.into_data().try_to_vec::<f32>().expect("features are f32");
            for (&(photo, number), features) in chunk.iter().zip(found.chunks_exact(dim)) {
                values[(photo * views + number) * dim..][..dim].copy_from_slice(features);
            }
            step();
        }
        Self { values, views, dim }
    }

    /// Number of batches of [`Features::read`].
    pub fn steps(photos: usize, several: usize, views: usize) -> usize {
        (photos + several * (views - 1)).div_ceil(BATCH)
    }

    /// Features `[pairs, features]` of pairs of photo and view.
    fn rows(&self, pairs: impl IntoIterator<Item = (usize, usize)>, device: &Device) -> Tensor<2> {
        let mut values = Vec::new();
        for (photo, view) in pairs {
            values.extend_from_slice(&self.values[(photo * self.views + view) * self.dim..][..self.dim]);
        }
        let rows = values.len() / self.dim;
        Tensor::from_data(TensorData::new(values, [rows, self.dim]), device)
    }
}

/// The loss of the layers behind the backbone.
pub struct FeatureLearner<'a> {
    pub images: &'a Arc<ImageDataset>,
    pub features: &'a Features,
    pub loss: ImageLoss,
    pub device: &'a Device,
    /// The random number of the epoch.
    draw: std::cell::Cell<u64>,
}

impl<'a> FeatureLearner<'a> {
    pub fn new(
        config: &ImageTrainConfig,
        images: &'a Arc<ImageDataset>,
        features: &'a Features,
        device: &'a Device,
    ) -> Self {
        Self { images, features, loss: ImageLoss::new(config, images), device, draw: std::cell::Cell::new(0) }
    }
}

impl Objective for FeatureLearner<'_> {
    type Network = ImageEmbedder;

    fn len(&self) -> usize {
        self.images.split(Split::Train).len()
    }

    fn batches(&self, order: Vec<usize>, size: usize, draw: u64) -> Vec<Vec<usize>> {
        self.draw.set(draw);
        order.chunks(size).map(<[usize]>::to_vec).collect()
    }

    fn loss(&self, network: &ImageEmbedder, examples: &[usize], device: &Device) -> Tensor<1> {
        let photos: Vec<usize> = examples.iter().map(|&i| self.images.split(Split::Train)[i]).collect();
        let view = |&photo: &usize| (combine(self.draw.get(), photo as u64) % self.features.views as u64) as usize;
        let features = self.features.rows(photos.iter().map(|photo| (*photo, view(photo))), device);
        let labels: Vec<usize> = photos.iter().map(|&photo| self.images.labels[photo]).collect();
        self.loss.of(network.forward(features), &labels)
    }

    fn validate(&self, network: &ImageEmbedder) -> Validation {
        validation(&self.predict(network, self.images.split(Split::Validation), 1.0).predictions)
    }
}

impl FeatureLearner<'_> {
    /// Predictions for photos without augmentation.
    pub fn predict(&self, network: &ImageEmbedder, photos: &[usize], temperature: f32) -> ImagePredictions {
        ImagePredictions::of(self.images, photos, temperature, |chunk| {
            network.forward(self.features.rows(chunk.iter().map(|&photo| (photo, 0)), self.device))
        })
    }
}
