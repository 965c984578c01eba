//! A trained generator of images and its file in a bundle.

use std::path::Path;

use anyhow::Context;
use burn::{module::Module, tensor::Device};
use windowshop_bundle::NetworkFile;
use windowshop_model::{
    Generator,
    weights::{self, Weights},
};
use windowshop_schema::{NetworkKind, manifest::GeneratorCard};

use crate::{network_file, run};

/// A generator of images for inference.
pub struct GeneratorModel {
    pub card: GeneratorCard,
    pub generator: Generator,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// The content of the generator's file.
pub fn to_file(card: &GeneratorCard, weights: &Weights) -> anyhow::Result<NetworkFile> {
    Ok(NetworkFile { card: serde_json::to_string(card)?, weights: run::to_tensors(weights), ..Default::default() })
}

impl GeneratorModel {
    /// Loads a generator onto a device.
    pub fn open(model: &Path, device: &Device) -> anyhow::Result<Self> {
        let (file, bytes) = network_file::read(NetworkKind::Generator, model)?;
        let place = format!("{}: {}", model.display(), NetworkKind::Generator.file());
        let card: GeneratorCard = serde_json::from_str(&file.card).with_context(|| format!("{place}: card"))?;
        let generator = Generator::init(&card.model, card.classes.len(), device);
        let generator = weights::load(generator, &run::from_tensors(file.weights), device).with_context(|| place)?;
        Ok(Self { card, generator: Module::valid(&generator), bytes })
    }
}
