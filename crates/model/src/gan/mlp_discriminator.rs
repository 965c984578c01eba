//! The unconditional baseline's discriminator: linear layers of 512 and 256 units.

use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor, activation::leaky_relu},
};
use windowshop_schema::GanConfig;

use super::layers::{LEAKY_SLOPE, mlp_layers};

const HIDDEN: [usize; 2] = [512, 256];

/// Image to a realness logit.
#[derive(Module, Debug)]
pub struct MlpDiscriminator {
    layers: Vec<Linear>,
}

impl MlpDiscriminator {
    /// A network with random weights.
    pub fn init(config: &GanConfig, device: &Device) -> Self {
        let pixels = config.channels * config.size * config.size;
        Self { layers: mlp_layers(&[&[pixels], &HIDDEN[..], &[1]].concat(), device) }
    }

    /// # Shapes
    /// - images `[channels, batch, size, size]`, output `[batch]`
    pub fn forward(&self, images: Tensor<4>) -> Tensor<1> {
        let (last, hidden) = self.layers.split_last().expect("a network has layers");
        let mut x = images.swap_dims(0, 1).flatten::<2>(1, 3);
        for layer in hidden {
            x = leaky_relu(layer.forward(x), f64::from(LEAKY_SLOPE));
        }
        last.forward(x).squeeze_dim(1)
    }
}
