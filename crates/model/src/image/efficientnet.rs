//! EfficientNet-Lite0 (Tan & Le 2019, without squeeze-and-excitation): inverted residual blocks, its batch normalisation
//! folded into the convolutions. Inside it photos lie channel by channel, `[channels, photos, side, side]`.

use burn::{
    module::Module,
    nn::{
        PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};
use windowshop_convolution::{Then, Window, convolve, convolve_channels, shift};

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
    /// Of the blocks, how many of the last learn; the others look as they did.
    learning: usize,
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
    /// A network with random weights: they are loaded afterwards. `learning` of its last blocks can be trained.
    pub fn init(learning: usize, device: &Device) -> Self {
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
        Self {
            stem: conv([3, STEM], 3, 2, 1, device),
            blocks,
            head: conv([inputs, FEATURES], 1, 1, 1, device),
            learning,
        }
    }

    /// # Shapes
    /// - photos `[photos, 3, side, side]`, output `[photos, 1280]`
    pub fn forward(&self, photos: Tensor<4>) -> Tensor<2> {
        let tracked = photos.device().is_autodiff();
        let first = self.blocks.len().saturating_sub(self.learning);
        // What does not learn leaves nothing behind for gradients.
        let mut x = layer(&self.stem, photos.inner().swap_dims(0, 1), Then::RELU6, false);
        for (i, block) in self.blocks.iter().enumerate() {
            let learns = tracked && i >= first;
            if learns && i == first {
                x = Tensor::from_inner(x);
            }
            x = block.forward(x, learns);
        }
        if tracked && first == self.blocks.len() {
            x = Tensor::from_inner(x);
        }
        let x = layer(&self.head, x, Then::RELU6, tracked);
        let [features, photos, height, width] = x.dims();
        x.reshape([features, photos, height * width]).mean_dim(2).squeeze_dim::<2>(2).transpose()
    }
}

impl InvertedResidual {
    fn forward(&self, x: Tensor<4>, learns: bool) -> Tensor<4> {
        let wide = match &self.expand {
            Some(expand) => layer(expand, x.clone(), Then::RELU6, learns),
            None => x.clone(),
        };
        let then = if self.residual { Then::NOTHING.after(x) } else { Then::NOTHING };
        layer(&self.project, layer(&self.depthwise, wide, Then::RELU6, learns), then, learns)
    }
}

fn conv(channels: [usize; 2], kernel: usize, stride: usize, groups: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_groups(groups)
        .with_padding(PaddingConfig2d::Valid)
        .init(device)
}

/// A convolution, its bias, and what follows.
fn layer(conv: &Conv2d, x: Tensor<4>, then: Then, learns: bool) -> Tensor<4> {
    let window = same(conv, x.dims()[2]);
    let bias = conv.bias.as_ref().expect("a layer of this network has a bias");
    let (weight, bias) =
        if learns { (conv.weight.val(), bias.val()) } else { (conv.weight.val().inner(), bias.val().inner()) };
    let x = if conv.groups > 1 { convolve_channels(x, weight, window) } else { convolve(x, weight, window) };
    shift(x, bias, then)
}

/// TensorFlow's "same" padding, which the weights were learned with: what does not divide evenly is added below and right.
fn same(conv: &Conv2d, side: usize) -> Window {
    let (kernel, stride) = (conv.kernel_size[0], conv.stride[0]);
    let all = ((side.div_ceil(stride) - 1) * stride + kernel).saturating_sub(side);
    Window { kernel, stride, before: all / 2, after: all - all / 2 }
}
