//! A trained sentiment network: its file in a run or a bundle, and back.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use burn::{module::Module, tensor::Device};
use windowshop_bundle::{NetworkFile, Precision};
use windowshop_features::Vocabulary;
use windowshop_model::{
    Sentiment,
    weights::{self, Weights},
};
use windowshop_schema::manifest::{FEATURE_VERSION, SentimentCard};

use crate::run;

/// The network's file.
pub const FILE: &str = "sentiment.safetensors";

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
    })
}

/// Where a run or an exported folder keeps the network.
pub fn path(model: &Path) -> PathBuf {
    if model.is_file() { model.to_owned() } else { model.join(FILE) }
}

/// Writes the file, whole or not at all.
pub fn write(folder: &Path, file: &NetworkFile, precision: Precision) -> anyhow::Result<u64> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let bytes = file.encode(FILE, precision)?;
    let next = folder.join(format!("{FILE}.next"));
    std::fs::write(&next, &bytes).with_context(|| next.display().to_string())?;
    std::fs::rename(&next, folder.join(FILE))?;
    Ok(bytes.len() as u64)
}

/// Reads the file as the codec has it.
pub fn read_file(model: &Path) -> anyhow::Result<(NetworkFile, u64)> {
    let path = path(model);
    let bytes = std::fs::read(&path).with_context(|| {
        format!(
            "{}: cannot be read; expected the folder of a finished run of `trainer train sentiment`",
            path.display()
        )
    })?;
    Ok((NetworkFile::decode(&path.display().to_string(), &bytes)?, bytes.len() as u64))
}

impl SentimentModel {
    /// Reads a network onto a device.
    pub fn open(model: &Path, device: &Device) -> anyhow::Result<Self> {
        let (file, bytes) = read_file(model)?;
        let place = path(model).display().to_string();
        let card: SentimentCard = serde_json::from_str(&file.card).with_context(|| format!("{place}: card"))?;
        if card.feature_version != FEATURE_VERSION {
            bail!("{place}: features of version {}, expected {FEATURE_VERSION}: train again", card.feature_version);
        }
        let vocabulary = Vocabulary::new(file.vocabulary);
        let unfit = vec![0.0; vocabulary.rows() * card.classes.len()];
        let network = Sentiment::init(&card.model, card.classes.len(), &unfit, device);
        let network = weights::load(network, &run::from_tensors(file.weights), device).with_context(|| place)?;
        Ok(Self { card, vocabulary, network: Module::valid(&network), bytes })
    }
}
