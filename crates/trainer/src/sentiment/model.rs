//! A trained sentiment network and its file in a bundle.

use std::path::Path;

use anyhow::Context;
use burn::{module::Module, tensor::Device};
use windowshop_bundle::NetworkFile;
use windowshop_features::{Ngrams, Vocabulary, ngrams::ngrams};
use windowshop_model::{
    Sentiment,
    weights::{self, Weights},
};
use windowshop_schema::{NetworkKind, manifest::SentimentCard};

use super::learner::probabilities;
use crate::{network_file, run};

/// A sentiment network for inference.
pub struct SentimentModel {
    pub card: SentimentCard,
    pub vocabulary: Vocabulary,
    pub network: Sentiment,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// The content of the network's file.
pub fn to_file(card: &SentimentCard, vocabulary: &Vocabulary, weights: &Weights) -> anyhow::Result<NetworkFile> {
    Ok(NetworkFile {
        card: serde_json::to_string(card)?,
        vocabulary: vocabulary.grams().to_vec(),
        weights: run::to_tensors(weights),
        ..Default::default()
    })
}

impl SentimentModel {
    /// Loads a network onto a device.
    pub fn open(model: &Path, device: &Device) -> anyhow::Result<Self> {
        let (file, bytes) = network_file::read(NetworkKind::Sentiment, model)?;
        let place = format!("{}: {}", model.display(), NetworkKind::Sentiment.file());
        let card: SentimentCard = serde_json::from_str(&file.card).with_context(|| format!("{place}: card"))?;
        let vocabulary = Vocabulary::new(file.vocabulary);
        let unfit = vec![0.0; vocabulary.rows() * card.classes.len()];
        let network = Sentiment::init(&card.model, card.classes.len(), &unfit, device);
        let network = weights::load(network, &run::from_tensors(file.weights), device).with_context(|| place)?;
        Ok(Self { card, vocabulary, network: Module::valid(&network), bytes })
    }

    /// The expected [`SentimentLabel::value`] of each text, from −1 (negative) to 1 (positive).
    ///
    /// [`SentimentLabel::value`]: windowshop_schema::SentimentLabel::value
    pub fn sentiments<'a>(&self, texts: impl IntoIterator<Item = &'a str>, device: &Device) -> Vec<f32> {
        let SentimentCard { classes, max_tokens, temperature, .. } = &self.card;
        let texts: Vec<Ngrams> = texts.into_iter().map(|text| ngrams(text, *max_tokens)).collect();
        let texts: Vec<&Ngrams> = texts.iter().collect();
        let likely = probabilities(&self.network, &texts, classes.len(), &self.vocabulary, *temperature, device);
        let expected = |row: &[f32]| row.iter().zip(classes).map(|(share, sentiment)| share * sentiment.value()).sum();
        likely.chunks_exact(classes.len()).map(expected).collect()
    }
}
