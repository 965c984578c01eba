//! `trainer train intent`

use serde::{Deserialize, Serialize};

use super::FeatureSwitches;

/// Which network reads tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentNetwork {
    /// Embedded numbers and categories through an ensemble that shares its weights.
    #[default]
    Ensemble,
    /// Standardised numbers and one-hot categories through a plain perceptron: the baseline.
    Mlp,
}

/// Where the labelled rows come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentRows {
    /// From the dataset's table where it has one, else from the visits of its event log.
    #[default]
    Auto,
    /// From the table: `[table]` or `[transactions]` in store.toml.
    Table,
    /// From visits: what visitors did up to some moment, and whether they bought something later in the visit.
    Visits,
}

/// Sizes of the intent network. Changing one changes the weights' shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntentConfig {
    /// The network.
    pub network: IntentNetwork,
    /// Length of a number's vector.
    pub number_dim: usize,
    /// Length of a category's vector.
    pub category_dim: usize,
    /// Width of the hidden layers.
    pub hidden_dim: usize,
    /// Number of hidden layers.
    pub layers: usize,
    /// Members of the ensemble.
    pub members: usize,
    /// Share of hidden units dropped while training, 0 to 1.
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

/// How the intent network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IntentTrainConfig {
    /// Network and sizes.
    pub model: IntentConfig,
    /// Where the labelled rows come from.
    pub rows: IntentRows,
    /// Of a network that reads visits: does its file carry the prices and categories of the shop's items? A page whose items
    /// come with both, on whatever page the visitor saw them, needs it not.
    pub item_index: bool,
    /// Columns that are left out.
    pub features: FeatureSwitches,
    /// Rows of each class that are learned from; 0: all.
    pub samples_per_class: usize,
    /// The folder of a run of `trainer train tabular` on the same part of the same data: rows that it makes up are learned from, too.
    /// Empty: real ones alone.
    pub generated: String,
    /// Made-up rows for each real one, class by class.
    pub generated_share: f64,
    /// Learn from the made-up rows alone: how much of the truth is in them?
    pub generated_only: bool,
    /// Most bins of a number.
    pub bins: usize,
    /// Training rows that a name must be in to have a vector of its own.
    pub min_rows: usize,
    /// Passes over the training rows.
    pub epochs: usize,
    /// Rows a step.
    pub batch: usize,
    /// Peak learning rate (warm-up, then cosine).
    pub learning_rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Share of the label given to the other classes, 0 to 1.
    pub label_smoothing: f64,
    /// Weight of a class in the loss: (its share)^−balance; 0 leaves classes as they are, 1 makes them equal.
    pub class_balance: f64,
    /// Share of rows kept for validation, 0 to 1; where rows have a time, the last but one period is.
    pub validation_share: f64,
    /// Share of rows kept for the one final test, 0 to 1; where rows have a time, the last period is.
    pub test_share: f64,
    /// Epochs without a better validation metric before training stops.
    pub patience: usize,
    /// Decay of the averaged weights that are validated and exported, 0 (off) to 1.
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
