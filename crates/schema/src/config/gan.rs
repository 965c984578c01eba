//! `trainer train gan`

use serde::{Deserialize, Serialize};

/// Which networks make pictures and judge them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GanNetwork {
    /// Convolutions, told the category.
    #[default]
    Convolutional,
    /// The baseline: linear layers, not told the category.
    Mlp,
}

/// What the two networks play for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GanLoss {
    /// Each picture is real or made (Goodfellow et al. 2014).
    #[default]
    NonSaturating,
    /// A real picture looks more real than a made one (Jolicoeur-Martineau 2018).
    Relativistic,
}

/// Sizes of the networks. Changing one changes the weights' shapes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GanConfig {
    /// The networks.
    pub network: GanNetwork,
    /// Side of the square that is made, in pixels.
    pub size: usize,
    /// 1: grey, 3: red, green, blue.
    pub channels: usize,
    /// Normal numbers that a picture is made of.
    pub latent_dim: usize,
    /// Channels of the generator at full side; four times as many where it starts.
    pub width: usize,
    /// Channels of the discriminator at full side; twice as many with each halving, up to eight times.
    pub discriminator_width: usize,
    /// Divide the discriminator's weights by their largest singular value (Miyato et al. 2018)?
    pub spectral_norm: bool,
}

impl Default for GanConfig {
    fn default() -> Self {
        Self {
            network: GanNetwork::Convolutional,
            size: 32,
            channels: 3,
            latent_dim: 48,
            width: 24,
            discriminator_width: 24,
            spectral_norm: false,
        }
    }
}

/// How the networks are trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GanTrainConfig {
    /// Networks and sizes.
    pub model: GanConfig,
    /// Passes over the training photos.
    pub epochs: usize,
    /// Photos a step; as many are made.
    pub batch: usize,
    /// The loss.
    pub loss: GanLoss,
    /// Learning rate of the generator.
    pub learning_rate: f64,
    /// Learning rate of the discriminator (two time scales, Heusel et al. 2017).
    pub discriminator_learning_rate: f64,
    /// How much of its last direction the optimizer keeps, 0 to 1 (Adam's β1).
    pub momentum: f64,
    /// How much of its last scale the optimizer keeps, 0 to 1 (Adam's β2).
    pub scale_decay: f64,
    /// Weight of the penalty for steepness at real photos (R1, Mescheder et al. 2018); 0 turns it off.
    pub r1: f64,
    /// Steps from one penalty to the next, which counts for all of them (Karras et al. 2020).
    pub r1_every: usize,
    /// Most that the discriminator's view is moved, as a share of the side (DiffAugment, Zhao et al. 2020); 0 turns it off.
    pub translation: f64,
    /// How much brightness, saturation and contrast of the discriminator's view change, 0 to 1.
    pub colour: f64,
    /// Side of the square that is cut out of the discriminator's view, as a share of the side.
    pub cutout: f64,
    /// Decay of the averaged generator that is kept, 0 (off) to 1.
    pub ema_decay: f64,
    /// Most photos that are learned from; 0: all. For measuring how many are needed.
    pub photos: usize,
    /// Photos of each category that are learned from; 0: all.
    pub samples_per_class: usize,
    /// Share of photos kept for validation, 0 to 1.
    pub validation_share: f64,
    /// Share of photos kept for evaluation, 0 to 1, where the store names no test photos.
    pub test_share: f64,
}

impl Default for GanTrainConfig {
    fn default() -> Self {
        Self {
            model: GanConfig::default(),
            epochs: 60,
            batch: 32,
            loss: GanLoss::NonSaturating,
            learning_rate: 5e-4,
            discriminator_learning_rate: 5e-4,
            momentum: 0.0,
            scale_decay: 0.99,
            r1: 1.0,
            r1_every: 8,
            translation: 0.125,
            colour: 1.0,
            cutout: 0.5,
            ema_decay: 0.998,
            photos: 0,
            samples_per_class: 0,
            validation_share: 0.1,
            test_share: 0.15,
        }
    }
}
