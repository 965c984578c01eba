//! A small residual network (He et al. 2016) for training on a CPU. Its blocks work at half the image's side or less, where matrix
//! products and not memory traffic take the time. Channel-major inside, `[channels, batch, side, side]`.

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use windowshop_convolution::Epilogue;
use windowshop_schema::ImageConfig;

use super::conv_norm::{ConvNorm, ConvNormConfig};

/// Channels of the stages, times [`ImageConfig::width`]. Each stage after the first halves the side.
const STAGES: [usize; 3] = [1, 2, 4];
/// Approximate side of the stem's output, pixels.
const SIDE: usize = 14;
/// Kernel size of the stem, times its stride.
const KERNEL: usize = 3;

/// Images to pooled features.
#[derive(Module, Debug)]
pub struct LightCnn {
    stem: Vec<ConvNorm>,
    blocks: Vec<ResidualBlock>,
}

/// Two 3 x 3 convolutions and a shortcut.
#[derive(Module, Debug)]
struct ResidualBlock {
    first: ConvNorm,
    second: ConvNorm,
    /// A 1 x 1 convolution, where the block changes the shape.
    shortcut: Option<ConvNorm>,
}

/// Length of the pooled features.
pub fn feature_dim(config: &ImageConfig) -> usize {
    config.width * STAGES[STAGES.len() - 1]
}

impl LightCnn {
    /// A network with random weights.
    pub fn init(config: &ImageConfig, device: &Device) -> Self {
        let stride = (config.size / SIDE).max(1);
        let conv =
            |inputs, outputs, stride| ConvNormConfig { inputs, outputs, kernel: KERNEL * stride, stride }.init(device);
        // A layer of half the width reads detail before the side is halved.
        let stem = if stride < 2 {
            vec![conv(config.channels, config.width, stride)]
        } else {
            let fine = (config.width / 2).max(1);
            let halved = ConvNormConfig { inputs: fine, outputs: config.width, kernel: KERNEL, stride: 2 };
            vec![conv(config.channels, fine, stride / 2), halved.init(device)]
        };
        let mut inputs = config.width;
        let blocks = STAGES.iter().enumerate().map(|(stage, times)| {
            let outputs = config.width * times;
            let block = ResidualBlock::init(inputs, outputs, if stage == 0 { 1 } else { 2 }, device);
            inputs = outputs;
            block
        });
        Self { stem, blocks: blocks.collect() }
    }

    /// # Shapes
    /// - images `[batch, channels, size, size]`, output `[batch, features]`
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let mut x = images.swap_dims(0, 1);
        for layer in &self.stem {
            x = layer.forward(x, Epilogue::RELU);
        }
        for block in &self.blocks {
            x = block.forward(x);
        }
        let [features, batch, height, width] = x.dims();
        x.reshape([features, batch, height * width]).mean_dim(2).squeeze_dim::<2>(2).transpose()
    }
}

impl ResidualBlock {
    fn init(inputs: usize, outputs: usize, stride: usize, device: &Device) -> Self {
        let layer = |inputs, kernel, stride| ConvNormConfig { inputs, outputs, kernel, stride }.init(device);
        Self {
            first: layer(inputs, 3, stride),
            second: layer(outputs, 3, 1),
            shortcut: (inputs != outputs || stride != 1).then(|| layer(inputs, 1, stride)),
        }
    }

    /// # Shapes
    /// - `x` `[inputs, batch, side, side]`, output `[outputs, batch, side / stride, side / stride]`
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let shortcut = match &self.shortcut {
            Some(shortcut) => shortcut.forward(x.clone(), Epilogue::NONE),
            None => x.clone(),
        };
        let x = self.first.forward(x, Epilogue::RELU);
        self.second.forward(x, Epilogue::RELU.with_residual(shortcut))
    }
}
