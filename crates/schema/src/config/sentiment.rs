//! `trainer train sentiment`

use serde::{Deserialize, Serialize};

/// The network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentimentNetwork {
    /// On hashed n-grams: the sum of a linear model and a convolution with attention pooling.
    #[default]
    Ngram,
    /// The baseline: an LSTM on token embeddings.
    Lstm,
}

/// Architecture of the sentiment network. A change of a size changes the shapes of the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SentimentConfig {
    /// The network.
    pub network: SentimentNetwork,
    /// Dimension of the embedding of an n-gram.
    pub embedding_dim: usize,
    /// Channels of the convolution, or size of the LSTM's state.
    pub hidden_dim: usize,
    /// Kernel size of the convolution in tokens; odd.
    pub window: usize,
    /// Dropout rate of hidden units, 0 to 1.
    pub dropout: f64,
    /// Dropout rate of token positions, 0 to 1.
    pub token_dropout: f64,
}

impl Default for SentimentConfig {
    fn default() -> Self {
        Self {
            network: SentimentNetwork::Ngram,
            embedding_dim: 16,
            hidden_dim: 64,
            window: 5,
            dropout: 0.3,
            token_dropout: 0.1,
        }
    }
}

/// Training of the sentiment network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SentimentTrainConfig {
    /// Architecture.
    pub model: SentimentConfig,
    /// Size of the vocabulary: the most discriminative n-grams.
    pub vocabulary: usize,
    /// Smallest document frequency of an n-gram in the vocabulary.
    pub min_reviews: u32,
    /// Length in tokens to which a review is truncated: three quarters from its start, the rest from its end.
    pub max_tokens: usize,
    /// Epochs: passes over the training reviews.
    pub epochs: usize,
    /// Batch size in reviews.
    pub batch: usize,
    /// Peak learning rate; linear warm-up, then cosine decay.
    pub learning_rate: f64,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f64,
    /// Label smoothing, 0 to 1.
    pub label_smoothing: f64,
    /// Exponent b of the class weights in the loss, (class frequency)^−b: 0 weights examples equally, 1 classes equally.
    pub class_balance: f64,
    /// Fraction of the reviews in the validation split, 0 to 1.
    pub validation_share: f64,
    /// Fraction of the reviews in the test split, 0 to 1.
    pub test_share: f64,
    /// Augmentation of the training reviews: a text policy as a JSON file or by name. Empty: none.
    pub augment: String,
    /// Largest number of training reviews per sentiment, drawn by the seed; 0: all.
    pub samples_per_class: usize,
    /// Category that is the test split and is excluded from training. Empty: a random test split.
    pub holdout_category: String,
    /// Early stopping: epochs without a better validation metric.
    pub patience: usize,
    /// Decay of the exponential moving average of the weights, 0 (off) to 1. The average is validated and exported.
    pub ema_decay: f64,
}

impl Default for SentimentTrainConfig {
    fn default() -> Self {
        Self {
            model: SentimentConfig::default(),
            vocabulary: 40_000,
            min_reviews: 3,
            max_tokens: 256,
            epochs: 6,
            batch: 64,
            learning_rate: 2e-3,
            weight_decay: 1e-2,
            label_smoothing: 0.05,
            class_balance: 0.0,
            validation_share: 0.15,
            test_share: 0.15,
            augment: String::new(),
            samples_per_class: 0,
            holdout_category: String::new(),
            patience: 3,
            ema_decay: 0.995,
        }
    }
}
