//! A trained intent network and its file in a bundle.

use std::path::Path;

use anyhow::Context;
use burn::{module::Module, tensor::Device};
use windowshop_bundle::NetworkFile;
use windowshop_features::TableShape;
use windowshop_model::{
    Intent,
    weights::{self, Weights},
};
use windowshop_schema::{NetworkKind, manifest::IntentCard};

use super::item_index;
use crate::{network_file, run};

/// An intent network for inference.
pub struct IntentModel {
    pub card: IntentCard,
    pub network: Intent,
    /// Size of the file in bytes; 0 for a network from memory.
    pub bytes: u64,
}

/// The content of the network's file.
pub fn to_file(card: &IntentCard, weights: &Weights) -> anyhow::Result<NetworkFile> {
    Ok(NetworkFile { card: serde_json::to_string(card)?, weights: run::to_tensors(weights), ..Default::default() })
}

impl IntentModel {
    /// Loads a network onto a device.
    pub fn open(model: &Path, device: &Device) -> anyhow::Result<Self> {
        let (file, bytes) = network_file::read(NetworkKind::Intent, model)?;
        Ok(Self { bytes, ..Self::of(file, &model.display().to_string(), device)? })
    }

    /// Loads a network from the content of its file onto a device; `place` names the file in errors.
    pub fn of(mut file: NetworkFile, place: &str, device: &Device) -> anyhow::Result<Self> {
        file.weights.0.remove(item_index::PRICES);
        let place = format!("{place}: {}", NetworkKind::Intent.file());
        let card: IntentCard = serde_json::from_str(&file.card).with_context(|| format!("{place}: card"))?;
        let network = Intent::init(&card.model, card.classes.len(), TableShape::of(&card.table), device);
        let network = weights::load(network, &run::from_tensors(file.weights), device).with_context(|| place)?;
        Ok(Self { card, network: Module::valid(&network), bytes: 0 })
    }
}
