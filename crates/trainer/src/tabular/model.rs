//! A trained generator of rows: its file and its samples.

use std::path::Path;

use anyhow::{Context, bail};
use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData, activation::softmax},
};
use serde::{Deserialize, Serialize};
use windowshop_bundle::{NetworkFile, Precision};
use windowshop_features::latent::latent;
use windowshop_model::{
    Tabular, one_hot,
    weights::{self, Weights},
};
use windowshop_schema::{TabularConfig, manifest::ModelCard};

use super::{
    codes::{ColumnCodes, unit},
    learner::CodedRows,
};
use crate::run::{self, TABULAR_FILE};

/// Separates the latents of rows from those of images with the same seed.
const ROWS: u64 = 0x726f_7773;

/// The card of a generator of rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TabularCard {
    pub model: TabularConfig,
    /// The classes, in the order of the inputs.
    pub classes: Vec<String>,
    pub columns: Vec<ColumnCodes>,
    pub card: ModelCard,
}

/// A generator of rows for inference.
pub struct TabularModel {
    pub card: TabularCard,
    pub network: Tabular,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// The content of the generator's file.
pub fn encode(card: &TabularCard, weights: &Weights) -> anyhow::Result<Vec<u8>> {
    let content =
        NetworkFile { card: serde_json::to_string(card)?, weights: run::to_tensors(weights), ..Default::default() };
    Ok(content.encode(TABULAR_FILE, Precision::F32)?)
}

impl TabularModel {
    /// Loads the generator of a run onto a device.
    pub fn open(run: &Path, device: &Device) -> anyhow::Result<Self> {
        let path = run.join(TABULAR_FILE);
        if !path.exists() {
            bail!(
                "{}: no {TABULAR_FILE} in it; expected the folder of a finished run of `trainer train tabular`",
                run.display()
            );
        }
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        let content = NetworkFile::decode(TABULAR_FILE, &bytes).with_context(|| path.display().to_string())?;
        let card: TabularCard =
            serde_json::from_str(&content.card).with_context(|| format!("{}: card", path.display()))?;
        let sizes: Vec<usize> = card.columns.iter().map(ColumnCodes::len).collect();
        let network = Tabular::init(&card.model, &sizes, card.classes.len(), device);
        let network = weights::load(network, &run::from_tensors(content.weights), device)
            .with_context(|| path.display().to_string())?;
        Ok(Self { card, network: Module::valid(&network), bytes: bytes.len() as u64 })
    }

    /// Generates as many rows of each class as `like` has.
    pub fn generate_like(&self, like: &CodedRows, seed: u64, device: &Device) -> CodedRows {
        let codes = self.generate(&like.labels, seed, device).into_iter().map(Some).collect();
        CodedRows { codes, labels: like.labels.clone(), sizes: like.sizes.clone() }
    }

    /// Generates rows of the given classes: codes `[rows, columns]`, a function of seed, row and class.
    pub fn generate(&self, labels: &[usize], seed: u64, device: &Device) -> Vec<usize> {
        const AT_ONCE: usize = 4_096;
        let (classes, dim) = (self.card.classes.len(), self.card.model.latent_dim);
        let sizes: Vec<usize> = self.card.columns.iter().map(ColumnCodes::len).collect();
        let mut out = Vec::with_capacity(labels.len() * sizes.len());
        for (part, labels) in labels.chunks(AT_ONCE).enumerate() {
            let first = (part * AT_ONCE) as u64;
            let key = |row: usize| windowshop_features::hash::combine(seed ^ ROWS, first + row as u64);
            let latents: Vec<f32> = (0..labels.len()).flat_map(|row| latent(key(row), dim)).collect();
            let latents = Tensor::from_data(TensorData::new(latents, [labels.len(), dim]), device);
            let scores = self.network.decode(latents, one_hot(labels, classes, device));
            let mut start = 0;
            let columns: Vec<Vec<f32>> = sizes
                .iter()
                .map(|&size| {
                    let shares = softmax(scores.clone().narrow(1, start, size), 1);
                    start += size;
                    shares.into_data().try_to_vec::<f32>().expect("scores are f32")
                })
                .collect();
            for row in 0..labels.len() {
                out.extend(columns.iter().zip(&sizes).enumerate().map(|(column, (shares, &size))| {
                    drawn(&shares[row * size..][..size], unit(key(row), 1, column as u64))
                }));
            }
        }
        out
    }
}

/// The code at the quantile `draw`, 0 to 1.
fn drawn(shares: &[f32], draw: f64) -> usize {
    let mut left = draw * shares.iter().map(|&share| f64::from(share)).sum::<f64>();
    for (code, &share) in shares.iter().enumerate() {
        left -= f64::from(share);
        if left < 0.0 {
            return code;
        }
    }
    shares.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_drawn_with_their_probabilities() {
        let shares = [0.2, 0.0, 0.5, 0.3];
        let mut counts = [0usize; 4];
        (0..10_000).for_each(|i| counts[drawn(&shares, unit(3, i, 0))] += 1);
        for (count, share) in counts.iter().zip(shares) {
            assert!((*count as f64 / 10_000.0 - f64::from(share)).abs() < 0.02, "{counts:?}");
        }
        assert_eq!((drawn(&shares, 0.0), drawn(&shares, 1.0)), (0, 3));
    }
}
