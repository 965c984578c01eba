//! The classification accuracy score (CAS, Ravuri & Vinyals 2019): accuracy on photos of a classifier trained on generated images alone.
//! Higher is better; it falls where the generator leaves out part of a class.

use std::{path::Path, sync::Arc};

use burn::{module::Module, tensor::Device};
use windowshop_metrics::Estimate;
use windowshop_model::{ImageClassifier, weights};
use windowshop_schema::{ImageConfig, ImageNetwork, ImageTrainConfig, manifest::PhotoSpec};

use crate::{
    image::{
        augment::Augmentation,
        image_dataset::ImageDataset,
        learner::{ImagePredictions, PhotoLearner},
    },
    learning::{optimise::Training, split::Split},
    progress::Progress,
};

/// Epochs over the generated images.
const EPOCHS: usize = 4;

/// Trains a [`ImageNetwork::Light`] classifier on the training split of `images`, generated ones, and returns its accuracy on the test
/// split, photos.
pub fn accuracy(images: ImageDataset, config: &ImageConfig, seed: u64, device: &Device) -> anyhow::Result<Estimate> {
    let config = ImageTrainConfig {
        model: ImageConfig { network: ImageNetwork::Light, ..config.clone() },
        epochs: EPOCHS,
        patience: EPOCHS,
        ..ImageTrainConfig::default()
    };
    let (channels, size) = (config.model.channels, config.model.size);
    let (mean, std) = images.statistics(images.split(Split::Train), channels);
    let spec = PhotoSpec { size, channels, mean, std };
    let images = Arc::new(images);
    let folder = tempfile::tempdir()?;
    let run: &Path = folder.path();
    device.seed(seed);
    let start = ImageClassifier::init(&config.model, images.classes.len(), &device.clone().autodiff());
    let training = Training {
        schedule: crate::learning::schedule::Schedule::of(&config)?,
        seed,
        device,
        run,
        fingerprint: String::new(),
        resume: false,
    };
    let augmentation = Augmentation::new(None, &config, &spec);
    let learner = PhotoLearner::new(&config, &images, &spec, augmentation, device);
    let best = training.run(&learner, start.clone(), &mut Progress::new(0, None)?)?;
    let network = weights::load(Module::valid(&start), &best, device)?;
    let seen = ImagePredictions::of_network(&network, &images, images.split(Split::Test), &spec, 1.0, device);
    Ok(seen.predictions.evaluate(seed).metrics["accuracy"])
}
