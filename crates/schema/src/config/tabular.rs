//! `trainer train tabular`

use serde::{Deserialize, Serialize};

use super::FeatureSwitches;

/// Sizes of the networks. Changing one changes the weights' shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TabularConfig {
    /// Normal numbers that a row is made of.
    pub latent_dim: usize,
    /// Width of the hidden layers.
    pub hidden_dim: usize,
    /// Number of hidden layers.
    pub layers: usize,
    /// Share of the encoder's and the discriminator's hidden units dropped while training, 0 to 1.
    pub dropout: f64,
}

impl Default for TabularConfig {
    fn default() -> Self {
        Self { latent_dim: 16, hidden_dim: 128, layers: 2, dropout: 0.1 }
    }
}

/// How the generator of rows is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TabularTrainConfig {
    /// Sizes.
    pub model: TabularConfig,
    /// Columns that are left out.
    pub features: FeatureSwitches,
    /// Most intervals that a number is cut into.
    pub bins: usize,
    /// Rows of each class that are learned from; 0: all.
    pub samples_per_class: usize,
    /// Passes over the training rows.
    pub epochs: usize,
    /// Rows a step.
    pub batch: usize,
    /// Peak learning rate (warm-up, then cosine).
    pub learning_rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Weight of how far the codes of rows are from normal numbers (β of Higgins et al. 2017).
    pub kl_weight: f64,
    /// Weight of the discriminator's judgement; 0 leaves a plain variational autoencoder.
    pub adversarial_weight: f64,
    /// Share of rows kept for validation, 0 to 1; where rows have a time, the last but one period is.
    pub validation_share: f64,
    /// Share of rows that the generator never sees, 0 to 1; where rows have a time, the last period.
    pub test_share: f64,
    /// Epochs without a better validation before training stops.
    pub patience: usize,
    /// Decay of the averaged weights that are kept, 0 (off) to 1.
    pub ema_decay: f64,
}

impl Default for TabularTrainConfig {
    fn default() -> Self {
        Self {
            model: TabularConfig::default(),
            features: FeatureSwitches::default(),
            bins: 20,
            samples_per_class: 0,
            epochs: 120,
            batch: 128,
            learning_rate: 2e-3,
            weight_decay: 1e-3,
            kl_weight: 1.0,
            adversarial_weight: 0.3,
            validation_share: 0.15,
            test_share: 0.15,
            patience: 20,
            ema_decay: 0.99,
        }
    }
}
