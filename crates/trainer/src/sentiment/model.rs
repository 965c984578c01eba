//! A trained sentiment network: its file in a run or a bundle, and back.

use std::path::Path;

use anyhow::Context;
use burn::{module::Module, tensor::Device};
use windowshop_bundle::NetworkFile;
use windowshop_features::Vocabulary;
use windowshop_model::{
    Sentiment,
    weights::{self, Weights},
};
use windowshop_schema::{Part, manifest::SentimentCard};

use crate::{part, run};

/// A network that can judge texts.
pub struct SentimentModel {
    pub card: SentimentCard,
    pub vocabulary: Vocabulary,
    pub network: Sentiment,
    /// Size of the file.
    pub bytes: u64,
}

/// A network file's content.
pub fn to_file(card: &SentimentCard, vocabulary: &Vocabulary, weights: &Weights) -> anyhow::Result<NetworkFile> {
    Ok(NetworkFile {
        card: serde_json::to_string(card)?,
        vocabulary: vocabulary.grams().to_vec(),
        weights: run::to_tensors(weights),
        ..Default::default()
    })
}

impl SentimentModel {
    /// Reads a network onto a device.
    pub fn open(model: &Path, device: &Device) -> anyhow::Result<Self> {
        let (file, bytes) = part::read(Part::Sentiment, model)?;
        let place = format!("{}: {}", model.display(), Part::Sentiment.file());
        let card: SentimentCard = serde_json::from_str(&file.card).with_context(|| format!("{place}: card"))?;
        let vocabulary = Vocabulary::new(file.vocabulary);
        let unfit = vec![0.0; vocabulary.rows() * card.classes.len()];
        let network = Sentiment::init(&card.model, card.classes.len(), &unfit, device);
        let network = weights::load(network, &run::from_tensors(file.weights), device).with_context(|| place)?;
        Ok(Self { card, vocabulary, network: Module::valid(&network), bytes })
    }
}
