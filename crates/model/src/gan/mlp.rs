//! The baseline: linear layers of 128, 256 and 512 to the pixels, and 512 and 256 back to one score. It is told no category.

use burn::{
    module::Module,
    nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig},
    tensor::{Device, Tensor, activation::leaky_relu},
};
use windowshop_schema::GanConfig;

use super::LEAK;

const GENERATOR: [usize; 3] = [128, 256, 512];
const DISCRIMINATOR: [usize; 2] = [512, 256];

/// Latent to pixels; every hidden layer but the first is normalised.
#[derive(Module, Debug)]
pub struct MlpGenerator {
    layers: Vec<Linear>,
    norms: Vec<BatchNorm>,
    channels: usize,
    size: usize,
}

/// Pixels to a score.
#[derive(Module, Debug)]
pub struct MlpDiscriminator {
    layers: Vec<Linear>,
}

fn layers(widths: &[usize], device: &Device) -> Vec<Linear> {
    widths.windows(2).map(|pair| LinearConfig::new(pair[0], pair[1]).init(device)).collect()
}

fn leak(x: Tensor<2>) -> Tensor<2> {
    leaky_relu(x, f64::from(LEAK))
}

impl MlpGenerator {
    /// A network with random weights.
    pub fn init(config: &GanConfig, device: &Device) -> Self {
        let GanConfig { channels, size, latent_dim, .. } = *config;
        let widths = [&[latent_dim], &GENERATOR[..], &[channels * size * size]].concat();
        Self {
            layers: layers(&widths, device),
            norms: GENERATOR[1..].iter().map(|width| BatchNormConfig::new(*width).init(device)).collect(),
            channels,
            size,
        }
    }

    /// # Shapes
    /// - latents `[pictures, latent_dim]`, output `[channels, pictures, size, size]`
    pub fn forward(&self, latents: Tensor<2>) -> Tensor<4> {
        let [pictures, _] = latents.dims();
        let (last, hidden) = self.layers.split_last().expect("a network has layers");
        let mut x = latents;
        for (number, layer) in hidden.iter().enumerate() {
            x = layer.forward(x);
            if number > 0 {
                x = self.norms[number - 1].forward(x);
            }
            x = leak(x);
        }
        last.forward(x).tanh().reshape([pictures, self.channels, self.size, self.size]).swap_dims(0, 1)
    }
}

impl MlpDiscriminator {
    /// A network with random weights.
    pub fn init(config: &GanConfig, device: &Device) -> Self {
        let pixels = config.channels * config.size * config.size;
        Self { layers: layers(&[&[pixels], &DISCRIMINATOR[..], &[1]].concat(), device) }
    }

    /// # Shapes
    /// - pictures `[channels, pictures, size, size]`, output `[pictures]`
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<1> {
        let (last, hidden) = self.layers.split_last().expect("a network has layers");
        let mut x = pictures.swap_dims(0, 1).flatten::<2>(1, 3);
        for layer in hidden {
            x = leak(layer.forward(x));
        }
        last.forward(x).squeeze_dim(1)
    }
}
