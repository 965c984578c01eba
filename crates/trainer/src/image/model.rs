//! A trained image network: its file in a run or a bundle, and back.

use std::path::Path;

use anyhow::Context;
use burn::{module::Module, tensor::Device};
use windowshop_bundle::NetworkFile;
use windowshop_model::{
    ImageClassifier,
    weights::{self, Weights},
};
use windowshop_schema::{
    ImageConfig, ImageNetwork, NetworkKind,
    manifest::{ImageCard, PhotoSpec},
};

use crate::{network_file, run};

/// Mean and deviation of the photos that EfficientNet-Lite0 was learned on.
const IMAGENET: ([f32; 3], [f32; 3]) = ([0.498; 3], [0.502; 3]);

/// A network that can look at photos.
pub struct ImageModel {
    pub card: ImageCard,
    pub network: ImageClassifier,
    /// Size of the file.
    pub bytes: u64,
}

/// How photos become numbers; the light network's statistics are still to be measured.
pub fn spec(config: &ImageConfig) -> PhotoSpec {
    let (mean, std) = match config.network {
        ImageNetwork::Light => (vec![0.0; config.channels], vec![1.0; config.channels]),
        ImageNetwork::EfficientnetLite0 => (IMAGENET.0.to_vec(), IMAGENET.1.to_vec()),
    };
    PhotoSpec { size: config.size, channels: config.channels, mean, std }
}

/// A network file's content.
pub fn to_file(card: &ImageCard, weights: &Weights) -> anyhow::Result<NetworkFile> {
    Ok(NetworkFile { card: serde_json::to_string(card)?, weights: run::to_tensors(weights), ..Default::default() })
}

impl ImageModel {
    /// Reads a network onto a device.
    pub fn open(model: &Path, device: &Device) -> anyhow::Result<Self> {
        let (file, bytes) = network_file::read(NetworkKind::Image, model)?;
        let place = format!("{}: {}", model.display(), NetworkKind::Image.file());
        let card: ImageCard = serde_json::from_str(&file.card).with_context(|| format!("{place}: card"))?;
        let network = ImageClassifier::init(&card.model, card.classes.len(), device);
        let network = weights::load(network, &run::from_tensors(file.weights), device).with_context(|| place)?;
        Ok(Self { card, network: Module::valid(&network), bytes })
    }
}
