//! `trainer train intent`

use serde::{Deserialize, Serialize};

use super::ranker::FeatureSwitches;

/// The network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentNetwork {
    /// Parameter-efficient ensemble of perceptrons on embedded numbers and categories.
    #[default]
    Ensemble,
    /// The baseline: one perceptron on standardised numbers and one-hot categories.
    Mlp,
}

/// Source of the labelled rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentRows {
    /// The table of the dataset if it has one, else the visits of its event log.
    #[default]
    Auto,
    /// The table: `[table]` or `[transactions]` in store.toml.
    Table,
    /// Visits: the events up to a moment, labelled by whether the visit ended in a purchase.
    Visits,
}

/// Architecture of the intent network. A change of a size changes the shapes of the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntentConfig {
    /// The network.
    pub network: IntentNetwork,
    /// Dimension of the embedding of a number.
    pub number_dim: usize,
    /// Dimension of the embedding of a category.
    pub category_dim: usize,
    /// Width of the hidden layers.
    pub hidden_dim: usize,
    /// Number of hidden layers.
    pub layers: usize,
    /// Members of the ensemble.
    pub members: usize,
    /// Dropout rate of hidden units, 0 to 1.
    pub dropout: f64,
}

impl Default for IntentConfig {
    fn default() -> Self {
        Self {
            network: IntentNetwork::Ensemble,
            number_dim: 8,
            category_dim: 4,
            hidden_dim: 64,
            layers: 2,
            members: 8,
            dropout: 0.2,
        }
    }
}

/// Training of the intent network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntentTrainConfig {
    /// Architecture.
    pub model: IntentConfig,
    /// Source of the labelled rows.
    pub rows: IntentRows,
    /// For a network that reads visits: store prices and categories of the items in its file. Not needed if every page sends
    /// both with its items.
    pub item_index: bool,
    /// Excluded columns.
    pub features: FeatureSwitches,
    /// Training rows per class; 0: all.
    pub samples_per_class: usize,
    /// Run folder of `trainer train tabular` on the same dataset and split: its synthetic rows are added to the training rows.
    /// Empty: real rows only.
    pub generated: String,
    /// Synthetic rows per real row, in each class.
    pub generated_share: f64,
    /// Train on synthetic rows only, to measure their quality.
    pub generated_only: bool,
    /// Largest number of bins of a numeric column.
    pub bins: usize,
    /// Smallest number of training rows with a category for it to have its own embedding.
    pub min_rows: usize,
    /// Epochs: passes over the training rows.
    pub epochs: usize,
    /// Batch size in rows.
    pub batch: usize,
    /// Peak learning rate; linear warm-up, then cosine decay.
    pub learning_rate: f64,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f64,
    /// Label smoothing, 0 to 1.
    pub label_smoothing: f64,
    /// Exponent b of the class weights in the loss, (class frequency)^−b: 0 weights examples equally, 1 classes equally.
    pub class_balance: f64,
    /// Fraction of the rows in the validation split, 0 to 1. Rows with a time are split by period instead: the last but one.
    pub validation_share: f64,
    /// Fraction of the rows in the test split, 0 to 1. Rows with a time are split by period instead: the last.
    pub test_share: f64,
    /// Early stopping: epochs without a better validation metric.
    pub patience: usize,
    /// Decay of the exponential moving average of the weights, 0 (off) to 1. The average is validated and exported.
    pub ema_decay: f64,
}

impl Default for IntentTrainConfig {
    fn default() -> Self {
        Self {
            model: IntentConfig::default(),
            rows: IntentRows::Auto,
            item_index: true,
            features: FeatureSwitches::default(),
            samples_per_class: 0,
            generated: String::new(),
            generated_share: 1.0,
            generated_only: false,
            bins: 48,
            min_rows: 3,
            epochs: 15,
            batch: 256,
            learning_rate: 5e-3,
            weight_decay: 1e-2,
            label_smoothing: 0.0,
            class_balance: 0.0,
            validation_share: 0.15,
            test_share: 0.15,
            patience: 6,
            ema_decay: 0.99,
        }
    }
}
