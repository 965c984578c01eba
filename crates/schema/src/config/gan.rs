//! `trainer train gan`

use serde::{Deserialize, Serialize};

/// Architecture of the generator and the discriminator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GanNetwork {
    /// Convolutional, conditioned on the category.
    #[default]
    Convolutional,
    /// The baseline: linear layers, unconditional.
    Mlp,
}

/// The adversarial loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GanLoss {
    /// Non-saturating logistic loss (Goodfellow et al. 2014).
    #[default]
    NonSaturating,
    /// Relativistic average loss: real images score above generated ones (Jolicoeur-Martineau 2018).
    Relativistic,
}

/// Architecture. A change of a size changes the shapes of the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GanConfig {
    /// The architecture of both networks.
    pub network: GanNetwork,
    /// Side of the square image, in pixels.
    pub size: usize,
    /// Channels: 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// Dimension of the latent code of an image, standard normal.
    pub latent_dim: usize,
    /// Channels of the generator at full resolution; four times as many at the lowest.
    pub width: usize,
    /// Channels of the discriminator at full resolution; doubled with each halving, up to eight times.
    pub discriminator_width: usize,
    /// Spectral normalisation of the discriminator (Miyato et al. 2018).
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

/// Training of the GAN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GanTrainConfig {
    /// Architecture.
    pub model: GanConfig,
    /// Epochs: passes over the training photos.
    pub epochs: usize,
    /// Batch size in photos, and in generated images.
    pub batch: usize,
    /// The loss.
    pub loss: GanLoss,
    /// Learning rate of the generator.
    pub learning_rate: f64,
    /// Learning rate of the discriminator (two time scales, Heusel et al. 2017).
    pub discriminator_learning_rate: f64,
    /// Adam's β1, 0 to 1.
    pub momentum: f64,
    /// Adam's β2, 0 to 1.
    pub scale_decay: f64,
    /// Weight of the gradient penalty at real photos (R1, Mescheder et al. 2018); 0: off.
    pub r1: f64,
    /// Lazy regularisation: the penalty is computed every this many steps and scaled up by as much (Karras et al. 2020).
    pub r1_every: usize,
    /// DiffAugment (Zhao et al. 2020): largest translation, as a fraction of the side; 0: off.
    pub translation: f64,
    /// DiffAugment: strength of the changes of brightness, saturation and contrast, 0 to 1.
    pub colour: f64,
    /// DiffAugment: side of the square cutout, as a fraction of the side.
    pub cutout: f64,
    /// Decay of the exponential moving average of the generator, 0 (off) to 1. The average is saved.
    pub ema_decay: f64,
    /// Largest number of training photos; 0: all. For learning curves.
    pub photos: usize,
    /// Training photos per category; 0: all.
    pub samples_per_class: usize,
    /// Fraction of the photos in the validation split, 0 to 1.
    pub validation_share: f64,
    /// Fraction of the photos in the test split, 0 to 1; ignored if the store has test photos.
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
