//! The unconditional baseline's generator: linear layers of 128, 256 and 512 units.

use burn::{
    module::Module,
    nn::{BatchNorm, BatchNormConfig, Linear},
    tensor::{Device, Tensor, activation::leaky_relu},
};
use windowshop_schema::GanConfig;

use super::layers::{LEAKY_SLOPE, mlp_layers};

const HIDDEN: [usize; 3] = [128, 256, 512];

/// Latent to image; every hidden layer but the first is batch-normalised.
#[derive(Module, Debug)]
pub struct MlpGenerator {
    layers: Vec<Linear>,
    norms: Vec<BatchNorm>,
    channels: usize,
    size: usize,
}

impl MlpGenerator {
    /// A network with random weights.
    pub fn init(config: &GanConfig, device: &Device) -> Self {
        let GanConfig { channels, size, latent_dim, .. } = *config;
        let widths = [&[latent_dim], &HIDDEN[..], &[channels * size * size]].concat();
        Self {
            layers: mlp_layers(&widths, device),
            norms: HIDDEN[1..].iter().map(|width| BatchNormConfig::new(*width).init(device)).collect(),
            channels,
            size,
        }
    }

    /// # Shapes
    /// - latents `[batch, latent_dim]`, output `[channels, batch, size, size]`, -1 to 1
    pub fn forward(&self, latents: Tensor<2>) -> Tensor<4> {
        let [batch, _] = latents.dims();
        let (last, hidden) = self.layers.split_last().expect("a network has layers");
        let mut x = latents;
        for (number, layer) in hidden.iter().enumerate() {
            x = layer.forward(x);
            if number > 0 {
                x = self.norms[number - 1].forward(x);
            }
            x = leaky_relu(x, f64::from(LEAKY_SLOPE));
        }
        last.forward(x).tanh().reshape([batch, self.channels, self.size, self.size]).swap_dims(0, 1)
    }
}
