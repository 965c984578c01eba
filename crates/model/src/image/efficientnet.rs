//! EfficientNet-Lite0 (Tan & Le 2019, without squeeze-and-excitation): inverted residual blocks, its batch normalisation
//! folded into the convolutions, so that it looks and does not learn.

use burn::{
    module::Module,
    nn::{
        PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};

/// Length of the pooled features.
pub const FEATURES: usize = 1280;
const STEM: usize = 32;
/// Kernel, stride of the first block, expansion, channels, blocks.
const STAGES: [[usize; 5]; 7] = [
    [3, 1, 1, 16, 1],
    [3, 2, 6, 24, 2],
    [5, 2, 6, 40, 2],
    [3, 2, 6, 80, 3],
    [5, 1, 6, 112, 3],
    [5, 2, 6, 192, 4],
    [3, 1, 6, 320, 1],
];

/// See the module's text.
#[derive(Module, Debug)]
pub struct EfficientNetLite0 {
    stem: Conv2d,
    blocks: Vec<InvertedResidual>,
    head: Conv2d,
}

/// Widen, filter each channel by itself, narrow (Sandler et al. 2018).
#[derive(Module, Debug)]
struct InvertedResidual {
    expand: Option<Conv2d>,
    depthwise: Conv2d,
    project: Conv2d,
    residual: bool,
}

impl EfficientNetLite0 {
    /// A network with random weights: they are loaded afterwards.
    pub fn init(device: &Device) -> Self {
        let mut inputs = STEM;
        let mut blocks = Vec::new();
        for [kernel, first_stride, expansion, outputs, count] in STAGES {
            for block in 0..count {
                let stride = if block == 0 { first_stride } else { 1 };
                let wide = inputs * expansion;
                blocks.push(InvertedResidual {
                    expand: (expansion > 1).then(|| conv([inputs, wide], 1, 1, 1, device)),
                    depthwise: conv([wide, wide], kernel, stride, wide, device),
                    project: conv([wide, outputs], 1, 1, 1, device),
                    residual: stride == 1 && inputs == outputs,
                });
                inputs = outputs;
            }
        }
        Self { stem: conv([3, STEM], 3, 2, 1, device), blocks, head: conv([inputs, FEATURES], 1, 1, 1, device) }
    }

    /// # Shapes
    /// - photos `[photos, 3, side, side]`, output `[photos, 1280]`
    pub fn forward(&self, photos: Tensor<4>) -> Tensor<2> {
        let mut x = relu6(same(&self.stem, photos));
        for block in &self.blocks {
            x = block.forward(x);
        }
        let x = relu6(self.head.forward(x));
        let [photos, features, height, width] = x.dims();
        x.reshape([photos, features, height * width]).mean_dim(2).squeeze_dim::<2>(2)
    }
}

impl InvertedResidual {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let wide = match &self.expand {
            Some(expand) => relu6(expand.forward(x.clone())),
            None => x.clone(),
        };
        let narrow = self.project.forward(relu6(same(&self.depthwise, wide)));
        if self.residual { narrow + x } else { narrow }
    }
}

fn conv(channels: [usize; 2], kernel: usize, stride: usize, groups: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_groups(groups)
        .with_padding(PaddingConfig2d::Valid)
        .init(device)
}

/// TensorFlow's "same" padding, which the weights were learned with: what does not divide evenly is added below and right.
fn same(conv: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    let [_, _, height, width] = x.dims();
    let edge = |side: usize| {
        let (kernel, stride) = (conv.kernel_size[0], conv.stride[0]);
        let all = ((side.div_ceil(stride) - 1) * stride + kernel).saturating_sub(side);
        (all / 2, all - all / 2)
    };
    let ((top, bottom), (left, right)) = (edge(height), edge(width));
    conv.forward(x.pad((left, right, top, bottom), 0.0f32))
}

fn relu6(x: Tensor<4>) -> Tensor<4> {
    x.clamp(0.0, 6.0)
}
