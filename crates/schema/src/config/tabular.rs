//! `trainer train tabular`

use serde::{Deserialize, Serialize};

use super::ranker::FeatureSwitches;

/// Architecture. A change of a size changes the shapes of the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TabularConfig {
    /// Dimension of the latent code of a row, standard normal.
    pub latent_dim: usize,
    /// Width of the hidden layers.
    pub hidden_dim: usize,
    /// Number of hidden layers.
    pub layers: usize,
    /// Dropout rate of the hidden units of the encoder and the discriminator, 0 to 1.
    pub dropout: f64,
}

impl Default for TabularConfig {
    fn default() -> Self {
        Self { latent_dim: 16, hidden_dim: 128, layers: 2, dropout: 0.1 }
    }
}

/// Training of the generator of table rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TabularTrainConfig {
    /// Architecture.
    pub model: TabularConfig,
    /// Excluded columns.
    pub features: FeatureSwitches,
    /// Largest number of bins of a numeric column.
    pub bins: usize,
    /// Training rows per class; 0: all.
    pub samples_per_class: usize,
    /// Epochs: passes over the training rows.
    pub epochs: usize,
    /// Batch size in rows.
    pub batch: usize,
    /// Peak learning rate; linear warm-up, then cosine decay.
    pub learning_rate: f64,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f64,
    /// Weight of the KL divergence of the latent codes from the standard normal (β-VAE, Higgins et al. 2017).
    pub kl_weight: f64,
    /// Weight of the adversarial loss; 0: a plain variational autoencoder.
    pub adversarial_weight: f64,
    /// Fraction of the rows in the validation split, 0 to 1. Rows with a time are split by period instead: the last but one.
    pub validation_share: f64,
    /// Fraction of the rows in the test split, 0 to 1. Rows with a time are split by period instead: the last.
    pub test_share: f64,
    /// Early stopping: epochs without a better validation metric.
    pub patience: usize,
    /// Decay of the exponential moving average of the weights, 0 (off) to 1. The average is validated and saved.
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
