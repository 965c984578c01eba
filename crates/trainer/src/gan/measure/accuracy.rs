//! The classification accuracy score (Ravuri & Vinyals 2019): a classifier that has learned from made pictures alone, judged on photos.
//! What the generator leaves out of a category, the classifier does not know.

use std::{path::Path, sync::Arc};

use burn::{module::Module, tensor::Device};
use windowshop_model::{ImageClassifier, weights};
use windowshop_schema::{ImageConfig, ImageNetwork, ImageTrainConfig, manifest::PhotoSpec};

use crate::{
    image::{
        augment::Augmentation,
        image_dataset::ImageDataset,
        learner::{ImagePredictions, PhotoLearner},
    },
    learning::{bootstrap::Estimate, optimise::Training, schedule::Schedule, split::Split},
    progress::Progress,
};

/// Passes over what was made.
const EPOCHS: usize = 4;

/// Accuracy on the images's test part of a light network that learns from its training part.
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
    let training =
        Training { schedule: Schedule::of(&config)?, seed, device, run, fingerprint: String::new(), resume: false };
    let augmentation = Augmentation::new(None, &config, &spec);
    let learner = PhotoLearner::new(&config, &images, &spec, augmentation, device);
    let best = training.run(&learner, start.clone(), &mut Progress::new(0, None)?)?;
    let network = weights::load(Module::valid(&start), &best, device)?;
    let seen = ImagePredictions::of_network(&network, &images, images.split(Split::Test), &spec, 1.0, device);
    Ok(seen.predictions.evaluate(seed).metrics["accuracy"])
}
