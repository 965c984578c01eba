//! A generator that doubles its side by repeating pixels and convolves: transposed convolutions leave checkerboards
//! (Odena et al. 2016).

use burn::{
    module::Module,
    nn::{Linear, LinearConfig, conv::Conv2d},
    tensor::{Device, Tensor, TensorData},
};
use windowshop_schema::GanConfig;

use crate::{
    conditional_norm::ConditionalNorm,
    convolution::{self, conv3, double},
    linear,
};

/// Most that the side is where pictures start.
const START: usize = 8;
/// Channels where pictures start, times [`GanConfig::width`].
const WIDEST: usize = 4;

/// See the module's text.
#[derive(Module, Debug)]
pub struct ConvGenerator {
    /// Latent and category to the picture's start.
    start: Linear,
    start_norm: ConditionalNorm,
    stages: Vec<Stage>,
    /// To the picture's channels.
    last: Conv2d,
    side: usize,
}

/// Doubles the side.
#[derive(Module, Debug)]
struct Stage {
    conv: Conv2d,
    norm: ConditionalNorm,
}

/// How often a side can be halved until pictures may start.
fn halvings(size: usize) -> usize {
    (0..).take_while(|times| size >> times > START && (size >> times).is_multiple_of(2)).count()
}

impl ConvGenerator {
    /// A network with random weights.
    pub fn init(config: &GanConfig, classes: usize, device: &Device) -> Self {
        let stages = halvings(config.size);
        let side = config.size >> stages;
        // Channels after each stage, the start included.
        let width = |stage: usize| config.width * WIDEST.min(1 << (stages - stage));
        let conv = |inputs, outputs| conv3(inputs, outputs, false, device);
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
            last: conv3(width(stages), config.channels, true, device),
            side,
        }
    }

    /// # Shapes
    /// - latents `[pictures, latent_dim]`, classes `[pictures, classes]`
    /// - output `[channels, pictures, size, size]`
    pub fn forward(&self, latents: Tensor<2>, classes: Tensor<2>) -> Tensor<4> {
        let [pictures, _] = latents.dims();
        let start = linear::forward(&self.start, Tensor::cat(vec![latents, classes.clone()], 1));
        let channels = start.dims()[1] / (self.side * self.side);
        let start = start.reshape([pictures, channels, self.side, self.side]).swap_dims(0, 1);
        let mut x = self.start_norm.forward(start, &classes);
        for Stage { conv, norm } in &self.stages {
            x = norm.forward(convolution::forward(conv, double(x)), &classes);
        }
        convolution::forward(&self.last, x).tanh()
    }
}

/// Categories as rows with a single one, `[pictures, classes]`.
pub fn one_hot(labels: &[usize], classes: usize, device: &Device) -> Tensor<2> {
    let mut rows = vec![0.0f32; labels.len() * classes];
    labels.iter().enumerate().for_each(|(row, label)| rows[row * classes + label] = 1.0);
    Tensor::from_data(TensorData::new(rows, [labels.len(), classes]), device)
}
