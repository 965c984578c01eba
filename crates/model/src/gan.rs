//! A class-conditional generative adversarial network (Goodfellow et al. 2014).
//!
//! Images are channel-major, `[channels, batch, size, size]`, values -1 to 1.

pub mod diff_augment;
mod discriminator;
mod layers;
pub mod losses;
mod mlp_discriminator;
mod mlp_generator;
mod spectral_norm;

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use windowshop_schema::{GanConfig, GanNetwork};

use discriminator::ConvDiscriminator;
use mlp_discriminator::MlpDiscriminator;
use mlp_generator::MlpGenerator;

use crate::generator::ConvGenerator;

/// Latents to images.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process has one, and burn's modules are not boxed")]
pub enum Generator {
    /// Conditional on the class.
    Convolutional(ConvGenerator),
    /// The unconditional baseline.
    Mlp(MlpGenerator),
}

/// Images to realness scores.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process has one, and burn's modules are not boxed")]
pub enum Discriminator {
    /// Conditional on the class.
    Convolutional(ConvDiscriminator),
    /// The unconditional baseline.
    Mlp(MlpDiscriminator),
}

/// Both networks.
#[derive(Module, Debug)]
pub struct Gan {
    /// Latents to images.
    pub generator: Generator,
    /// Images to realness scores.
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

    /// Normalises by batch statistics on an autodiff device, by running statistics elsewhere.
    ///
    /// # Shapes
    /// - latents `[batch, latent_dim]`, classes `[batch, classes]` ([`crate::one_hot()`])
    /// - output `[channels, batch, size, size]`, -1 to 1
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
    /// - images `[channels, batch, size, size]`, classes `[batch, classes]` ([`crate::one_hot()`])
    /// - output `[batch]`, realness logits: higher is more real
    pub fn forward(&self, images: Tensor<4>, classes: Tensor<2>) -> Tensor<1> {
        match self {
            Self::Convolutional(network) => network.forward(images, classes),
            Self::Mlp(network) => network.forward(images),
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
    use crate::one_hot;

    fn generated(config: &GanConfig, seed: u64) -> (Tensor<4>, Tensor<1>) {
        let device = Device::flex();
        device.seed(seed);
        let gan = Gan::init(config, 3, &device);
        let latents: Vec<f32> =
            (0..5).flat_map(|i| windowshop_features::latent::latent(i, config.latent_dim)).collect();
        let latents = Tensor::from_data(TensorData::new(latents, [5, config.latent_dim]), &device);
        let classes = one_hot(&[0, 1, 2, 0, 1], 3, &device);
        let images = gan.generator.forward(latents, classes.clone());
        let scores = gan.discriminator.forward(images.clone(), classes);
        (images, scores)
    }

    #[test]
    fn generated_images_have_the_configured_shape_and_range_at_every_size() {
        for (size, channels) in [(28, 1), (32, 3), (20, 3), (64, 3)] {
            for network in [GanNetwork::Convolutional, GanNetwork::Mlp] {
                let config =
                    GanConfig { network, size, channels, width: 4, discriminator_width: 4, ..GanConfig::default() };
                let (images, scores) = generated(&config, 1);
                assert_eq!((images.dims(), scores.dims()), ([channels, 5, size, size], [5]), "{network:?}");
                let max = images.abs().max().into_data().try_to_vec::<f32>().unwrap()[0];
                assert!(max > 0.0 && max <= 1.0, "{max}");
            }
        }
    }

    #[test]
    fn the_default_generator_is_below_one_megabyte_at_half_precision() {
        for size in [28, 32, 64] {
            let config = GanConfig { size, ..GanConfig::default() };
            let parameters = Generator::init(&config, 10, &Device::flex()).num_params();
            assert!(2 * parameters < 1_000_000, "{parameters} parameters at {size}");
        }
    }
}
