//! Two networks that learn from each other (Goodfellow et al. 2014): a generator makes pictures of a category from normal numbers,
//! a discriminator says how real a picture of that category looks.
//!
//! Pictures lie channel by channel, `[channels, pictures, size, size]`, -1 to 1.

pub mod augment;
mod discriminator;
mod layer;
pub mod losses;
mod mlp;
mod spectral;

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use windowshop_schema::{GanConfig, GanNetwork};

use discriminator::ConvDiscriminator;
use mlp::{MlpDiscriminator, MlpGenerator};

use crate::generator::ConvGenerator;
pub use crate::generator::one_hot;

/// Slope of what is below zero, in every layer of a discriminator and of the baseline.
const LEAK: f32 = 0.2;

/// Makes pictures.
// There is one of it: a box would only move it.
#[allow(clippy::large_enum_variant)]
#[derive(Module, Debug)]
pub enum Generator {
    /// Is told the category.
    Convolutional(ConvGenerator),
    /// The baseline.
    Mlp(MlpGenerator),
}

/// Judges pictures.
#[allow(clippy::large_enum_variant)]
#[derive(Module, Debug)]
pub enum Discriminator {
    /// Is told the category.
    Convolutional(ConvDiscriminator),
    /// The baseline.
    Mlp(MlpDiscriminator),
}

/// Both networks.
#[derive(Module, Debug)]
pub struct Gan {
    /// Makes pictures.
    pub generator: Generator,
    /// Judges them.
    pub discriminator: Discriminator,
}

impl Generator {
    /// A network with random weights.
    pub fn init(config: &GanConfig, classes: usize, device: &Device) -> Self {
        match config.network {
            GanNetwork::Convolutional => Self::Convolutional(ConvGenerator::init(config, classes, device)),
            GanNetwork::Mlp => Self::Mlp(MlpGenerator::init(config, device)),
        }
    }

    /// On a device that differentiates, pictures are normalised by their batch; elsewhere by what training has seen.
    ///
    /// # Shapes
    /// - latents `[pictures, latent_dim]`, classes `[pictures, classes]` ([`one_hot`])
    /// - output `[channels, pictures, size, size]`, -1 to 1
    pub fn forward(&self, latents: Tensor<2>, classes: Tensor<2>) -> Tensor<4> {
        match self {
            Self::Convolutional(network) => network.forward(latents, classes),
            Self::Mlp(network) => network.forward(latents),
        }
    }
}

impl Discriminator {
    /// A network with random weights.
    pub fn init(config: &GanConfig, classes: usize, device: &Device) -> Self {
        match config.network {
            GanNetwork::Convolutional => Self::Convolutional(ConvDiscriminator::init(config, classes, device)),
            GanNetwork::Mlp => Self::Mlp(MlpDiscriminator::init(config, device)),
        }
    }

    /// # Shapes
    /// - pictures `[channels, pictures, size, size]`, classes `[pictures, classes]` ([`one_hot`])
    /// - output `[pictures]`, any number: the higher, the more real
    pub fn forward(&self, pictures: Tensor<4>, classes: Tensor<2>) -> Tensor<1> {
        match self {
            Self::Convolutional(network) => network.forward(pictures, classes),
            Self::Mlp(network) => network.forward(pictures),
        }
    }
}

impl Gan {
    /// Networks with random weights.
    pub fn init(config: &GanConfig, classes: usize, device: &Device) -> Self {
        Self {
            generator: Generator::init(config, classes, device),
            discriminator: Discriminator::init(config, classes, device),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;

    fn made(config: &GanConfig, seed: u64) -> (Tensor<4>, Tensor<1>) {
        let device = Device::flex();
        device.seed(seed);
        let gan = Gan::init(config, 3, &device);
        let latents: Vec<f32> =
            (0..5).flat_map(|i| windowshop_features::latent::latent(i, config.latent_dim)).collect();
        let latents = Tensor::from_data(TensorData::new(latents, [5, config.latent_dim]), &device);
        let classes = one_hot(&[0, 1, 2, 0, 1], 3, &device);
        let pictures = gan.generator.forward(latents, classes.clone());
        let scores = gan.discriminator.forward(pictures.clone(), classes);
        (pictures, scores)
    }

    #[test]
    fn pictures_have_the_configured_shape_and_range_whatever_the_size() {
        for (size, channels) in [(28, 1), (32, 3), (20, 3), (64, 3)] {
            for network in [GanNetwork::Convolutional, GanNetwork::Mlp] {
                let config =
                    GanConfig { network, size, channels, width: 4, discriminator_width: 4, ..GanConfig::default() };
                let (pictures, scores) = made(&config, 1);
                assert_eq!((pictures.dims(), scores.dims()), ([channels, 5, size, size], [5]), "{network:?}");
                let most = pictures.abs().max().into_data().try_to_vec::<f32>().unwrap()[0];
                assert!(most > 0.0 && most <= 1.0, "{most}");
            }
        }
    }

    #[test]
    fn the_usual_generator_fits_a_megabyte_of_half_precision() {
        for size in [28, 32, 64] {
            let config = GanConfig { size, ..GanConfig::default() };
            let parameters = Generator::init(&config, 10, &Device::flex()).num_params();
            assert!(2 * parameters < 1_000_000, "{parameters} parameters at {size}");
        }
    }
}
