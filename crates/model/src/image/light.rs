//! A small residual network (He et al. 2016) whose blocks work at half the photo's side or less: what a CPU spends its time
//! on is then products of matrices, not moving pixels. Inside it lies channel by channel, `[channels, photos, side, side]`.

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use windowshop_convolution::Then;
use windowshop_schema::ImageConfig;

use super::conv::{ConvNorm, ConvNormConfig};

/// Channels of the stages, times [`ImageConfig::width`]. Each stage after the first halves the side.
const STAGES: [usize; 3] = [1, 2, 4];
/// Side that the stem brings photos to, about.
const SIDE: usize = 14;
/// Windows overlap by a stride on each side.
const KERNEL: usize = 3;

/// See the module's text.
#[derive(Module, Debug)]
pub struct LightCnn {
    stem: Vec<ConvNorm>,
    blocks: Vec<ResidualBlock>,
}

/// Two convolutions beside a shortcut.
#[derive(Module, Debug)]
struct ResidualBlock {
    first: ConvNorm,
    second: ConvNorm,
    /// Where the shape changes.
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
        // Fine detail is seen before the side is halved, by few channels.
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
    /// - photos `[photos, channels, size, size]`, output `[photos, features]`
    pub fn forward(&self, photos: Tensor<4>) -> Tensor<2> {
        let mut x = photos.swap_dims(0, 1);
        for layer in &self.stem {
            x = layer.forward(x, Then::RELU);
        }
        for block in &self.blocks {
            x = block.forward(x);
        }
        let [features, photos, height, width] = x.dims();
        x.reshape([features, photos, height * width]).mean_dim(2).squeeze_dim::<2>(2).transpose()
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
    /// - `x` `[inputs, photos, side, side]`, output `[outputs, photos, side / stride, side / stride]`
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let beside = match &self.shortcut {
            Some(shortcut) => shortcut.forward(x.clone(), Then::NOTHING),
            None => x.clone(),
        };
        let x = self.first.forward(x, Then::RELU);
        self.second.forward(x, Then::RELU.after(beside))
    }
}
