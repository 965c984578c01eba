//! `trainer train ranker`

use serde::{Deserialize, Serialize};

/// Architecture of the ranker. A change of a size changes the shapes of the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RankerConfig {
    /// Width of the hidden layers of the encoders and of the query-match network.
    pub hidden_dim: usize,
    /// Width of the hidden layer of the session network; the smaller groups have a fraction of it.
    pub session_dim: usize,
    /// Dimension of the query, item and session representations.
    pub repr_dim: usize,
    /// Dropout rate of hidden units, 0 to 1.
    pub dropout: f64,
}

impl Default for RankerConfig {
    fn default() -> Self {
        Self { hidden_dim: 96, session_dim: 16, repr_dim: 16, dropout: 0.1 }
    }
}

/// Training of the ranker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RankerTrainConfig {
    /// Architecture.
    pub model: RankerConfig,
    /// Epochs: passes over the training lists.
    pub epochs: usize,
    /// Batch size in lists.
    pub batch_lists: usize,
    /// Peak learning rate; linear warm-up, then cosine decay.
    pub learning_rate: f64,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f64,
    /// Weight of the mean squared error of the grade.
    pub loss_mse: f32,
    /// Weight of the ListNet loss.
    pub loss_listnet: f32,
    /// Weight of the LambdaRank loss.
    pub loss_lambdarank: f32,
    /// Fraction of the keys (queries or users) in the validation split, 0 to 1.
    pub validation_share: f64,
    /// Fraction of the keys in the test split, 0 to 1.
    pub test_share: f64,
    /// Early stopping: epochs without a better validation metric.
    pub patience: usize,
    /// Decay of the exponential moving average of the weights, 0 (off) to 1. The average is validated and exported.
    pub ema_decay: f64,
    /// Excluded features.
    pub features: FeatureSwitches,
    /// Run folder of `trainer train sentiment`, or a bundle with a sentiment network, for the sentiment of the items' reviews.
    /// Empty: unknown sentiment.
    pub sentiment: String,
    /// Click model written by `trainer evaluate clicks --out` or `trainer simulate`, for inverse propensity weights of clicks in ListNet,
    /// LambdaRank and the validation. Empty: equal weights.
    pub click_model: String,
    /// Smaller propensities are clipped to this, so weights are at most 1 / this. In (0, 1]: 1 is no correction, smaller values have
    /// less bias and more variance.
    pub propensity_clip: f64,
    /// Run folder of `trainer train image`, or a bundle with an image network, for the image embeddings of the items' photos.
    /// Empty: colour descriptors, if the catalogue has them.
    pub image: String,
    /// Run folder of `trainer train intent` on the visits of an event log, for the purchase intent of a visit when a list is shown.
    /// Empty: the group `intent` is not trained.
    pub intent: String,
    /// Fraction of the training visitors, drawn by the seed; smaller fractions are subsets of larger ones. The events of the others
    /// are unused. The validation and test splits are unaffected. In (0, 1].
    pub visitor_share: f64,
    /// Run folder of `trainer simulate` on the same dataset: its simulated visitors are added to the training data. Empty: real visitors
    /// only.
    pub generated: String,
    /// Train on the simulated visitors of `generated` only.
    pub generated_only: bool,
}

impl Default for RankerTrainConfig {
    fn default() -> Self {
        Self {
            model: RankerConfig::default(),
            epochs: 12,
            batch_lists: 32,
            learning_rate: 2e-3,
            weight_decay: 1e-4,
            loss_mse: 1.0,
            loss_listnet: 0.0,
            loss_lambdarank: 0.0,
            validation_share: 0.15,
            test_share: 0.15,
            patience: 4,
            ema_decay: 0.0,
            features: FeatureSwitches::default(),
            sentiment: String::new(),
            click_model: String::new(),
            propensity_clip: 0.05,
            image: String::new(),
            intent: String::new(),
            visitor_share: 1.0,
            generated: String::new(),
            generated_only: false,
        }
    }
}

/// Excluded features.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureSwitches {
    /// Comma-separated names of features or groups that are always missing.
    pub exclude: String,
}
