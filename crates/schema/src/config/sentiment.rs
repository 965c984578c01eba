//! `trainer train sentiment`

use serde::{Deserialize, Serialize};

/// Which network reads reviews.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentimentNetwork {
    /// Hashed n-grams: a linear model beside a convolution with attention pooling.
    #[default]
    Ngram,
    /// Embedded tokens through an LSTM: the baseline.
    Lstm,
}

/// Sizes of the sentiment network. Changing one changes the weights' shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SentimentConfig {
    /// The network.
    pub network: SentimentNetwork,
    /// Length of an n-gram's vector.
    pub embedding_dim: usize,
    /// Width of the convolution, or of the LSTM's state.
    pub hidden_dim: usize,
    /// Tokens that a convolution sees at once; odd.
    pub window: usize,
    /// Share of hidden units dropped while training, 0 to 1.
    pub dropout: f64,
    /// Share of token positions dropped while training, 0 to 1.
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

/// How the sentiment network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SentimentTrainConfig {
    /// Network and sizes.
    pub model: SentimentConfig,
    /// n-grams that get weights: the most telling.
    pub vocabulary: usize,
    /// Reviews an n-gram must be in.
    pub min_reviews: u32,
    /// Tokens read of a review: three quarters from its start, the rest from its end.
    pub max_tokens: usize,
    /// Passes over the training reviews.
    pub epochs: usize,
    /// Reviews a step.
    pub batch: usize,
    /// Peak learning rate (warm-up, then cosine).
    pub learning_rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Share of the label given to the other classes, 0 to 1.
    pub label_smoothing: f64,
    /// Weight of a class in the loss: (its share)^−balance; 0 leaves classes as they are, 1 makes them equal.
    pub class_balance: f64,
    /// Share of reviews kept for validation, 0 to 1.
    pub validation_share: f64,
    /// Share of reviews kept for the one final test, 0 to 1.
    pub test_share: f64,
    /// How training reviews are changed each time they are read: a policy for texts in a JSON file, or the name of one; empty
    /// leaves them as they are.
    pub augment: String,
    /// Most training reviews of each sentiment, drawn by seed; 0 takes all.
    pub samples_per_class: usize,
    /// A category that is tested on and never trained on, instead of the random test part.
    pub holdout_category: String,
    /// Epochs without a better validation metric before training stops.
    pub patience: usize,
    /// Decay of the averaged weights that are validated and exported, 0 (off) to 1.
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
