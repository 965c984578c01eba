//! The training objective of the image network.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc, sync::mpsc::Receiver};

use burn::tensor::{Device, Tensor, TensorData, activation::softmax};
use windowshop_augment::Key;
use windowshop_features::photo;
use windowshop_metrics::classification::Predictions;
use windowshop_model::{ImageClassifier, ImageOutput, losses::supervised_contrastive};
use windowshop_schema::{ImageTrainConfig, manifest::PhotoSpec};

use super::{augment::Augmentation, image_dataset::ImageDataset, prefetch::prefetch};
use crate::learning::{
    classes::Classes,
    optimise::{Objective, Validation},
    split::Split,
};

/// Photos per inference batch.
const BATCH: usize = 128;

/// The loss of the image network over augmented training photos.
pub struct PhotoLearner<'a> {
    images: &'a Arc<ImageDataset>,
    spec: &'a PhotoSpec,
    augmentation: Augmentation,
    loss: ImageLoss,
    device: &'a Device,
    /// The pixels of the epoch's batches, in order.
    ready: RefCell<Option<Receiver<Vec<f32>>>>,
}

/// Class-weighted cross-entropy plus the supervised contrastive loss.
pub struct ImageLoss {
    classes: Classes,
    contrastive: f32,
}

impl ImageLoss {
    pub fn new(config: &ImageTrainConfig, images: &ImageDataset) -> Self {
        let labels = images.split(Split::Train).iter().map(|&i| images.labels[i]);
        let classes = Classes::new(labels, images.classes.len(), config.class_balance, config.label_smoothing);
        Self { classes, contrastive: config.contrastive as f32 }
    }

    /// The loss of a batch, `[1]`.
    pub fn of(&self, output: ImageOutput, labels: &[usize]) -> Tensor<1> {
        let loss = self.classes.loss(output.logits, labels);
        let contrastive = (self.contrastive > 0.0).then(|| supervised_contrastive(output.embedding, labels)).flatten();
        match contrastive {
            Some(contrastive) => loss + contrastive * self.contrastive,
            None => loss,
        }
    }
}

impl<'a> PhotoLearner<'a> {
    pub fn new(
        config: &ImageTrainConfig,
        images: &'a Arc<ImageDataset>,
        spec: &'a PhotoSpec,
        augmentation: Augmentation,
        device: &'a Device,
    ) -> Self {
        Self { images, spec, augmentation, loss: ImageLoss::new(config, images), device, ready: RefCell::new(None) }
    }
}

impl Objective for PhotoLearner<'_> {
    type Network = ImageClassifier;

    fn len(&self) -> usize {
        self.images.split(Split::Train).len()
    }

    fn batches(&self, order: Vec<usize>, size: usize, draw: u64) -> Vec<Vec<usize>> {
        let batches: Vec<Vec<usize>> = order.chunks(size).map(<[usize]>::to_vec).collect();
        let (images, spec, augmentation) = (Arc::clone(self.images), self.spec.clone(), self.augmentation.clone());
        let make = move |batch: &Vec<usize>| {
            let mut out = Vec::with_capacity(batch.len() * spec.channels * spec.size * spec.size);
            for &example in batch {
                let pixels = &images.pixels[images.split(Split::Train)[example]];
                // The random number of the epoch depends on run seed and epoch.
                let key = Key { seed: draw, sample: example as u64, epoch: 0 };
                augmentation.apply(pixels, &spec, key, &mut out);
            }
            out
        };
        *self.ready.borrow_mut() = Some(prefetch(batches.clone(), make));
        batches
    }

    fn loss(&self, network: &ImageClassifier, examples: &[usize], device: &Device) -> Tensor<1> {
        let ready = self.ready.borrow();
        let pixels = ready.as_ref().and_then(|ready| ready.recv().ok()).expect("a batch was prepared for every step");
        let photos = tensor(pixels, examples.len(), self.spec, device);
        let labels: Vec<usize> =
            examples.iter().map(|&i| self.images.labels[self.images.split(Split::Train)[i]]).collect();
        self.loss.of(network.forward(photos), &labels)
    }

    fn validate(&self, network: &ImageClassifier) -> Validation {
        let part = self.images.split(Split::Validation);
        validation(&ImagePredictions::of_network(network, self.images, part, self.spec, 1.0, self.device).predictions)
    }
}

/// Validation metrics; accuracy selects.
pub fn validation(predictions: &Predictions) -> Validation {
    let metrics: BTreeMap<String, f64> = predictions.values().into_iter().collect();
    Validation { selection_metric: Some(metrics["accuracy"]), metrics }
}

/// Pixels as a tensor `[photos, channels, size, size]`.
pub fn tensor(pixels: Vec<f32>, photos: usize, spec: &PhotoSpec, device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(pixels, [photos, spec.channels, spec.size, spec.size]), device)
}

/// Predictions and embeddings of a network for some photos.
#[derive(Clone, Debug)]
pub struct ImagePredictions {
    pub predictions: Predictions,
    /// L2-normalised embeddings `[photos, embedding_dim]`.
    pub embeddings: Vec<f32>,
}

impl ImagePredictions {
    /// Predictions of a whole network.
    pub fn of_network(
        network: &ImageClassifier,
        images: &ImageDataset,
        photos: &[usize],
        spec: &PhotoSpec,
        temperature: f32,
        device: &Device,
    ) -> Self {
        Self::of(images, photos, temperature, |chunk| {
            let pixels = chunk.iter().flat_map(|&i| photo::normalise(&images.pixels[i], spec)).collect();
            network.forward(tensor(pixels, chunk.len(), spec, device))
        })
    }

    /// Predictions by `forward`, which maps photo indices to the output of the network.
    pub fn of(
        images: &ImageDataset,
        photos: &[usize],
        temperature: f32,
        forward: impl Fn(&[usize]) -> ImageOutput,
    ) -> Self {
        let (mut probabilities, mut embeddings) = (Vec::new(), Vec::new());
        let values = |tensor: Tensor<2>| tensor.into_data().try_to_vec::<f32>().expect("outputs are f32");
        for chunk in photos.chunks(BATCH) {
            let output = forward(chunk);
            probabilities.extend(values(softmax(output.logits / temperature, 1)));
            embeddings.extend(values(output.embedding));
        }
        let labels = photos.iter().map(|&i| images.labels[i]).collect();
        let predictions = Predictions {
            classes: images.classes.len(),
            labels,
            probabilities,
            threshold: 0.5,
            class_weights: Vec::new(),
            clusters: Vec::new(),
        };
        Self { predictions, embeddings }
    }
}
