//! `trainer train sequence`

use serde::{Deserialize, Serialize};

/// The network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SequenceNetwork {
    /// Self-attention whose output is a weighted sum of the session's item embeddings.
    #[default]
    Attention,
    /// A gated recurrent unit over the session.
    Gru,
    /// A gated graph neural network over the session's items.
    Graph,
}

impl SequenceNetwork {
    /// The name in settings and leaderboards.
    pub fn name(self) -> &'static str {
        match self {
            SequenceNetwork::Attention => "attention",
            SequenceNetwork::Gru => "gru",
            SequenceNetwork::Graph => "graph",
        }
    }
}

/// Architecture of the sequence network. A change of a size changes the shapes of the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SequenceConfig {
    /// The network.
    pub network: SequenceNetwork,
    /// Dimension of the embeddings of items and sessions.
    pub embedding_dim: usize,
    /// Number of the most recent items of a session that are read.
    pub max_items: usize,
    /// Dropout rate, 0 to 1.
    pub dropout: f64,
}

impl Default for SequenceConfig {
    fn default() -> Self {
        Self { network: SequenceNetwork::Attention, embedding_dim: 64, max_items: 12, dropout: 0.2 }
    }
}

/// The neighbour table: co-occurrences of items in sessions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NeighbourConfig {
    /// Largest number of neighbours of an item.
    pub per_item: usize,
    /// Largest mean number of neighbours over all items.
    pub mean_per_item: usize,
    /// Weight of a pair in the opposite order, 0 to 1.
    pub backward: f64,
    /// Half-life of a session's weight, as a fraction of all sessions from first to last; 0: equal weights.
    pub half_life: f64,
}

impl Default for NeighbourConfig {
    fn default() -> Self {
        Self { per_item: 30, mean_per_item: 8, backward: 0.6, half_life: 0.5 }
    }
}

/// Training of the sequence network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SequenceTrainConfig {
    /// Architecture.
    pub model: SequenceConfig,
    /// The neighbour table.
    pub neighbours: NeighbourConfig,
    /// Epochs: passes over the training sessions.
    pub epochs: usize,
    /// Batch size in prediction steps; a session of n items has n − 1.
    pub batch: usize,
    /// Negative items sampled per batch.
    pub negatives: usize,
    /// Peak learning rate; linear warm-up, then cosine decay.
    pub learning_rate: f64,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f64,
    /// Fraction of the sessions in the validation split: the latest.
    pub validation_share: f64,
    /// Fraction of all sessions, the latest, in a last epoch after validation. It includes the validation sessions, which are
    /// closest in time to the test sessions. 0: none.
    pub refit_share: f64,
    /// Early stopping: epochs without a better validation metric.
    pub patience: usize,
    /// Decay of the exponential moving average of the weights, 0 (off) to 1. The average is validated and exported.
    pub ema_decay: f64,
}

impl Default for SequenceTrainConfig {
    fn default() -> Self {
        Self {
            model: SequenceConfig::default(),
            neighbours: NeighbourConfig::default(),
            epochs: 2,
            batch: 1024,
            negatives: 2048,
            learning_rate: 6e-3,
            weight_decay: 0.0,
            validation_share: 0.1,
            refit_share: 0.4,
            patience: 2,
            ema_decay: 0.0,
        }
    }
}
