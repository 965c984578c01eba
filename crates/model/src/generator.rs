//! The convolutional generator: nearest-neighbour upsampling, then convolution, as transposed convolutions leave checkerboard
//! artefacts (Odena et al. 2016). Conditional on a class.

use burn::{
    module::Module,
    nn::{Linear, LinearConfig, conv::Conv2d},
    tensor::{Device, Tensor},
};
use windowshop_schema::GanConfig;

use crate::{
    conditional_norm::ConditionalNorm,
    conv3x3::{self, upsample_nearest2x},
    linear,
};

/// Largest side of the first feature map, pixels.
const MAX_START_SIDE: usize = 8;
/// Channels of the widest feature map, times [`GanConfig::width`].
const MAX_WIDTH_FACTOR: usize = 4;

/// Latent and class to an image.
#[derive(Module, Debug)]
pub struct ConvGenerator {
    /// Latent and class to the first feature map.
    start: Linear,
    start_norm: ConditionalNorm,
    stages: Vec<Stage>,
    /// To the image's channels.
    last: Conv2d,
    /// Side of the first feature map, pixels.
    side: usize,
}

/// Upsampling by two, convolution, normalisation.
#[derive(Module, Debug)]
struct Stage {
    conv: Conv2d,
    norm: ConditionalNorm,
}

/// How often `size` can be halved until it is at most [`MAX_START_SIDE`] or odd.
fn halvings(size: usize) -> usize {
    (0..).take_while(|times| size >> times > MAX_START_SIDE && (size >> times).is_multiple_of(2)).count()
}

impl ConvGenerator {
    /// A network with random weights.
    pub fn init(config: &GanConfig, classes: usize, device: &Device) -> Self {
        let stages = halvings(config.size);
        let side = config.size >> stages;
        // Channels of the feature map before stage `stage + 1`.
        let width = |stage: usize| config.width * MAX_WIDTH_FACTOR.min(1 << (stages - stage));
        let conv = |inputs, outputs| conv3x3::init(inputs, outputs, false, device);
        let stage = |number: usize| Stage {
            conv: conv(width(number - 1), width(number)),
            norm: ConditionalNorm::init(width(number), classes, device),
        };
        Self {
            start: linear::init(
                &LinearConfig::new(config.latent_dim + classes, width(0) * side * side).with_bias(false),
                device,
            ),
            start_norm: ConditionalNorm::init(width(0), classes, device),
            stages: (1..=stages).map(stage).collect(),
            last: conv3x3::init(width(stages), config.channels, true, device),
            side,
        }
    }

    /// # Shapes
    /// - latents `[batch, latent_dim]`, classes `[batch, classes]`, one-hot
    /// - output `[channels, batch, size, size]`, -1 to 1
    pub fn forward(&self, latents: Tensor<2>, classes: Tensor<2>) -> Tensor<4> {
        let [batch, _] = latents.dims();
        let start = linear::forward(&self.start, Tensor::cat(vec![latents, classes.clone()], 1));
        let channels = start.dims()[1] / (self.side * self.side);
        let start = start.reshape([batch, channels, self.side, self.side]).swap_dims(0, 1);
        let mut x = self.start_norm.forward(start, &classes);
        for Stage { conv, norm } in &self.stages {
            x = norm.forward(conv3x3::forward(conv, upsample_nearest2x(x)), &classes);
        }
        conv3x3::forward(&self.last, x).tanh()
    }
}
