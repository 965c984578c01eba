//! `trainer train sequence`

use serde::{Deserialize, Serialize};

/// Which network reads sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SequenceNetwork {
    /// Self-attention that weighs the session's own item vectors.
    #[default]
    Attention,
    /// A gated recurrent unit over the session.
    Gru,
    /// A gated graph network over the session's items.
    Graph,
}

impl SequenceNetwork {
    /// Its name, as settings and leaderboards have it.
    pub fn name(self) -> &'static str {
        match self {
            SequenceNetwork::Attention => "attention",
            SequenceNetwork::Gru => "gru",
            SequenceNetwork::Graph => "graph",
        }
    }
}

/// Sizes of the sequence network. Changing one changes the weights' shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SequenceConfig {
    /// The network.
    pub network: SequenceNetwork,
    /// Length of an item's vector, and of a session's.
    pub embedding_dim: usize,
    /// Most recent items read of a session.
    pub max_items: usize,
    /// Share of units dropped while training, 0 to 1.
    pub dropout: f64,
}

impl Default for SequenceConfig {
    fn default() -> Self {
        Self { network: SequenceNetwork::Attention, embedding_dim: 64, max_items: 12, dropout: 0.2 }
    }
}

/// How the neighbours of an item are counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NeighbourConfig {
    /// Neighbours kept of an item: the strongest.
    pub per_item: usize,
    /// Neighbours kept on average over all items: the strongest.
    pub mean_per_item: usize,
    /// What a pair in the opposite order counts, 0 to 1.
    pub backward: f64,
    /// Age at which a session counts half, as a share of all sessions from first to last; 0: all count the same.
    pub half_life: f64,
}

impl Default for NeighbourConfig {
    fn default() -> Self {
        Self { per_item: 30, mean_per_item: 8, backward: 0.6, half_life: 0.5 }
    }
}

/// How the sequence network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SequenceTrainConfig {
    /// Network and sizes.
    pub model: SequenceConfig,
    /// The neighbour table.
    pub neighbours: NeighbourConfig,
    /// Passes over the training sessions.
    pub epochs: usize,
    /// Steps of sessions a batch; a session of n items has n − 1.
    pub batch: usize,
    /// Items drawn for every batch that were not next.
    pub negatives: usize,
    /// Peak learning rate (warm-up, then cosine).
    pub learning_rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Share of sessions kept for validation: the latest.
    pub validation_share: f64,
    /// Share of all sessions, the latest, that the network takes one more pass over once validation has said how: the
    /// validation sessions among them, which are nearest to what will be asked. 0: none.
    pub refit_share: f64,
    /// Epochs without a better validation metric before training stops.
    pub patience: usize,
    /// Decay of the averaged weights that are validated and exported, 0 (off) to 1.
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
