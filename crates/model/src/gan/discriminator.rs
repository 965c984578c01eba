//! The convolutional discriminator with projection of the class (Miyato & Koyama 2018).

use burn::{
    module::{Initializer, Module, Param},
    tensor::{Device, Tensor, activation::leaky_relu},
};
use windowshop_schema::GanConfig;

use super::layers::{DiscriminatorConv, DiscriminatorLinear, LEAKY_SLOPE};

/// Largest side of the last feature map, pixels.
const MAX_END_SIDE: usize = 4;
/// Channels of the widest feature map, times [`GanConfig::discriminator_width`].
const MAX_WIDTH_FACTOR: usize = 8;
/// Length of the feature vector.
const FEATURES: usize = 128;

/// Image and class to a realness logit: `head(features) + features · embedding(class)`.
#[derive(Module, Debug)]
pub struct ConvDiscriminator {
    convs: Vec<DiscriminatorConv>,
    features: DiscriminatorLinear,
    head: DiscriminatorLinear,
    /// Class embeddings, `[classes, features]`.
    categories: Param<Tensor<2>>,
}

impl ConvDiscriminator {
    /// A network with random weights.
    pub fn init(config: &GanConfig, classes: usize, device: &Device) -> Self {
        let spectral = config.spectral_norm;
        let conv = |inputs, outputs, downsample| DiscriminatorConv::init(inputs, outputs, downsample, spectral, device);
        let mut convs = vec![conv(config.channels, config.discriminator_width, false)];
        let (mut side, mut width) = (config.size, config.discriminator_width);
        while side > MAX_END_SIDE {
            let wider = (2 * width).min(MAX_WIDTH_FACTOR * config.discriminator_width);
            convs.push(conv(width, wider, true));
            (side, width) = (side / 2, wider);
        }
        let std = (FEATURES as f64).sqrt().recip();
        Self {
            convs,
            features: DiscriminatorLinear::init(width * side * side, FEATURES, spectral, device),
            head: DiscriminatorLinear::init(FEATURES, 1, spectral, device),
            categories: Initializer::Normal { mean: 0.0, std }.init([classes, FEATURES], device),
        }
    }

    /// The weight of the first layer.
    #[cfg(test)]
    pub fn first_weight(&self) -> Tensor<4> {
        self.convs[0].weight()
    }

    /// # Shapes
    /// - images `[channels, batch, size, size]`, classes `[batch, classes]`
    /// - output `[batch]`
    pub fn forward(&self, images: Tensor<4>, classes: Tensor<2>) -> Tensor<1> {
        let mut x = images;
        for conv in &self.convs {
            x = conv.forward(x);
        }
        let features = self.features.forward(x.swap_dims(0, 1).flatten(1, 3));
        let features = leaky_relu(features, f64::from(LEAKY_SLOPE)); // [batch, features]
        let projection = (features.clone() * classes.matmul(self.categories.val())).sum_dim(1); // [batch, 1]
        (self.head.forward(features) + projection).squeeze_dim(1)
    }
}
