//! `trainer train ranker`

use serde::{Deserialize, Serialize};

/// Sizes of the ranker. Changing one changes the weights' shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RankerConfig {
    /// Width of the hidden layers of the encoders and of the query-match network; the smaller groups take a share of it.
    pub hidden_dim: usize,
    /// Width of the session network's hidden layer.
    pub session_dim: usize,
    /// Length of the query, item and session representations.
    pub repr_dim: usize,
    /// Share of hidden units dropped while training, 0 to 1.
    pub dropout: f64,
}

impl Default for RankerConfig {
    fn default() -> Self {
        Self { hidden_dim: 96, session_dim: 16, repr_dim: 16, dropout: 0.1 }
    }
}

/// How the ranker is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RankerTrainConfig {
    /// Network sizes.
    pub model: RankerConfig,
    /// Passes over the training lists.
    pub epochs: usize,
    /// Lists a step.
    pub batch_lists: usize,
    /// Peak learning rate (warm-up, then cosine).
    pub learning_rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Weight of the squared error on the grade.
    pub loss_mse: f32,
    /// Weight of ListNet.
    pub loss_listnet: f32,
    /// Weight of LambdaRank.
    pub loss_lambdarank: f32,
    /// Share of keys (queries or users) kept for validation, 0 to 1.
    pub validation_share: f64,
    /// Share of keys kept for the one final test, 0 to 1.
    pub test_share: f64,
    /// Epochs without a better validation metric before training stops.
    pub patience: usize,
    /// Decay of the averaged weights that are validated and exported, 0 (off) to 1.
    pub ema_decay: f64,
    /// Features that are left out.
    pub features: FeatureSwitches,
    /// The folder of a run of `trainer train sentiment`, or of a bundle with such a network: it reads the items' reviews.
    /// Empty: their sentiment stays unknown.
    pub sentiment: String,
    /// A click model that `trainer evaluate clicks --out` or `trainer simulate` wrote. A click then counts by how seldom its position is
    /// looked at (inverse propensity weights), in ListNet, LambdaRank and the validation. Empty: clicks count alike.
    pub click_model: String,
    /// The propensity below which a position is taken to have this one: weights are at most 1 / this. In (0, 1]; 1 is no correction,
    /// smaller is less biased and noisier.
    pub propensity_clip: f64,
    /// The folder of a run of `trainer train image`, or of a bundle with such a network: what it makes of the items' photos
    /// is their look. Empty: their colour descriptors are, where the catalogue has them.
    pub image: String,
    /// The folder of a run of `trainer train intent` on the visits of an event log: it says how likely each visit was to end
    /// in a purchase when a list was shown. Empty: the group `intent` has nothing to say.
    pub intent: String,
    /// Share of the visitors that is learned from, drawn by the seed: a smaller share is part of a larger one. What the others did is not
    /// known; lists to validate and to test on stay whole. In (0, 1].
    pub visitor_share: f64,
    /// The folder of a run of `trainer simulate` on the same dataset: the ranker learns from those visitors too. Empty: from real ones.
    pub generated: String,
    /// Learn from visitors of `generated` alone.
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

/// Which features are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureSwitches {
    /// Names of features or groups, separated by commas, that are always missing.
    pub exclude: String,
}
