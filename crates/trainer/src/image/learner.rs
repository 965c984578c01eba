//! The image network as something that learns from photos.

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
    optimise::{Schedule, TrainTask, Validation},
    split::Split,
};

/// Photos judged at once.
const BATCH: usize = 128;

/// What the network learns from.
pub struct PhotoLearner<'a> {
    images: &'a Arc<ImageDataset>,
    spec: &'a PhotoSpec,
    augmentation: Augmentation,
    loss: ImageLoss,
    device: &'a Device,
    /// The batches of this epoch, in their order.
    ready: RefCell<Option<Receiver<Vec<f32>>>>,
}

/// Cross-entropy beside the supervised contrastive loss.
pub struct ImageLoss {
    classes: Classes,
    contrastive: f32,
}

/// The part of the settings that every network has.
pub fn schedule(config: &ImageTrainConfig) -> Schedule {
    Schedule {
        epochs: config.epochs,
        batch: config.batch,
        learning_rate: config.learning_rate,
        weight_decay: config.weight_decay,
        patience: config.patience,
        ema_decay: config.ema_decay,
    }
}

impl ImageLoss {
    pub fn new(config: &ImageTrainConfig, images: &ImageDataset) -> Self {
        let labels = images.split(Split::Train).iter().map(|&i| images.labels[i]);
        let classes = Classes::new(labels, images.classes.len(), config.class_balance, config.label_smoothing);
        Self { classes, contrastive: config.contrastive as f32 }
    }

    /// `[1]`
    pub fn of(&self, output: ImageOutput, labels: &[usize]) -> Tensor<1> {
        let loss = self.classes.loss(output.scores, labels);
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

impl TrainTask for PhotoLearner<'_> {
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
                // The epoch's random number, which the run's seed decides, stands for both.
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
        judged(&Seen::read(network, self.images, part, self.spec, 1.0, self.device).predictions)
    }
}

/// Validation by accuracy.
pub fn judged(predictions: &Predictions) -> Validation {
    let metrics: BTreeMap<String, f64> = predictions.values().into_iter().collect();
    Validation { selection_metric: metrics["accuracy"], metrics }
}

/// `[photos, channels, size, size]`
pub fn tensor(pixels: Vec<f32>, photos: usize, spec: &PhotoSpec, device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(pixels, [photos, spec.channels, spec.size, spec.size]), device)
}

/// What a network says about some photos of an images.
#[derive(Clone, Debug)]
pub struct Seen {
    pub predictions: Predictions,
    /// `[photos, embedding]`
    pub embeddings: Vec<f32>,
}

impl Seen {
    pub fn read(
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

    /// `forward` gives the output for some photos of the images.
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
            probabilities.extend(values(softmax(output.scores / temperature, 1)));
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
