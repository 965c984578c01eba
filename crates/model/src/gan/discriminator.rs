//! A discriminator that halves the side by convolutions and compares what it sees with the category it was told
//! (projection, Miyato & Koyama 2018).

use burn::{
    module::{Initializer, Module, Param},
    tensor::{Device, Tensor, activation::leaky_relu},
};
use windowshop_schema::GanConfig;

use super::{
    LEAK,
    layer::{JudgingConv, JudgingLinear},
};

/// Side at which convolutions end, at most.
const END: usize = 4;
/// Most channels, times [`GanConfig::discriminator_width`].
const WIDEST: usize = 8;
/// Numbers that a picture is judged by.
const FEATURES: usize = 128;

/// See the module's text.
#[derive(Module, Debug)]
pub struct ConvDiscriminator {
    convs: Vec<JudgingConv>,
    features: JudgingLinear,
    head: JudgingLinear,
    /// `[classes, features]`
    categories: Param<Tensor<2>>,
}

impl ConvDiscriminator {
    /// A network with random weights.
    pub fn init(config: &GanConfig, classes: usize, device: &Device) -> Self {
        let spectral = config.spectral_norm;
        let conv = |inputs, outputs, halve| JudgingConv::init(inputs, outputs, halve, spectral, device);
        let mut convs = vec![conv(config.channels, config.discriminator_width, false)];
        let (mut side, mut width) = (config.size, config.discriminator_width);
        while side > END {
            let wider = (2 * width).min(WIDEST * config.discriminator_width);
            convs.push(conv(width, wider, true));
            (side, width) = (side / 2, wider);
        }
        let std = (FEATURES as f64).sqrt().recip();
        Self {
            convs,
            features: JudgingLinear::init(width * side * side, FEATURES, spectral, device),
            head: JudgingLinear::init(FEATURES, 1, spectral, device),
            categories: Initializer::Normal { mean: 0.0, std }.init([classes, FEATURES], device),
        }
    }

    /// Of the layer that sees pixels.
    #[cfg(test)]
    pub fn first_weight(&self) -> Tensor<4> {
        self.convs[0].weight()
    }

    /// # Shapes
    /// - pictures `[channels, pictures, size, size]`, classes `[pictures, classes]`
    /// - output `[pictures]`
    pub fn forward(&self, pictures: Tensor<4>, classes: Tensor<2>) -> Tensor<1> {
        let mut x = pictures;
        for conv in &self.convs {
            x = conv.forward(x);
        }
        let seen = leaky_relu(self.features.forward(x.swap_dims(0, 1).flatten(1, 3)), f64::from(LEAK)); // [pictures, features]
        let alike = (seen.clone() * classes.matmul(self.categories.val())).sum_dim(1); // [pictures, 1]
        (self.head.forward(seen) + alike).squeeze_dim(1)
    }
}
