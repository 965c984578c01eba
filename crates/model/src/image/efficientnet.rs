//! EfficientNet-Lite0 (Tan & Le 2019, without squeeze-and-excitation): inverted residual blocks whose batch normalisation is folded
//! into the convolutions. Channel-major inside, `[channels, batch, side, side]`.

use burn::{
    module::Module,
    nn::{
        PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};
use windowshop_convolution::{Epilogue, Window, add_bias, conv2d, depthwise_conv2d};

/// Length of the pooled features.
pub const FEATURES: usize = 1280;
/// Output channels of the stem.
const STEM: usize = 32;
/// Per stage: kernel, stride of the first block, expansion factor, output channels, number of blocks.
const STAGES: [[usize; 5]; 7] = [
    [3, 1, 1, 16, 1],
    [3, 2, 6, 24, 2],
    [5, 2, 6, 40, 2],
    [3, 2, 6, 80, 3],
    [5, 1, 6, 112, 3],
    [5, 2, 6, 192, 4],
    [3, 1, 6, 320, 1],
];

/// Images to pooled features.
#[derive(Module, Debug)]
pub struct EfficientNetLite0 {
    stem: Conv2d,
    blocks: Vec<InvertedResidual>,
    head: Conv2d,
    /// Number of last blocks that are trained; the others are frozen.
    learning: usize,
}

/// Inverted residual block (Sandler et al. 2018): 1 x 1 expansion, depthwise convolution, 1 x 1 projection.
#[derive(Module, Debug)]
struct InvertedResidual {
    expand: Option<Conv2d>,
    depthwise: Conv2d,
    project: Conv2d,
    /// Is the input added to the output?
    residual: bool,
}

impl EfficientNetLite0 {
    /// A network with random weights. The last `trainable` blocks and the head are trained, the rest is frozen.
    pub fn init(trainable: usize, device: &Device) -> Self {
        let mut inputs = STEM;
        let mut blocks = Vec::new();
        for [kernel, first_stride, expansion, outputs, count] in STAGES {
            for block in 0..count {
                let stride = if block == 0 { first_stride } else { 1 };
                let expanded = inputs * expansion;
                blocks.push(InvertedResidual {
                    expand: (expansion > 1).then(|| conv([inputs, expanded], 1, 1, 1, device)),
                    depthwise: conv([expanded, expanded], kernel, stride, expanded, device),
                    project: conv([expanded, outputs], 1, 1, 1, device),
                    residual: stride == 1 && inputs == outputs,
                });
                inputs = outputs;
            }
        }
        Self {
            stem: conv([3, STEM], 3, 2, 1, device),
            blocks,
            head: conv([inputs, FEATURES], 1, 1, 1, device),
            learning: trainable,
        }
    }

    /// # Shapes
    /// - images `[batch, 3, side, side]`, output `[batch, 1280]`
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let tracked = images.device().is_autodiff();
        let first = self.blocks.len().saturating_sub(self.learning);
        // Frozen layers run outside the autodiff graph.
        let mut x = layer(&self.stem, images.inner().swap_dims(0, 1), Epilogue::RELU6, false);
        for (i, block) in self.blocks.iter().enumerate() {
            let trained = tracked && i >= first;
            if trained && i == first {
                x = Tensor::from_inner(x);
            }
            x = block.forward(x, trained);
        }
        if tracked && first == self.blocks.len() {
            x = Tensor::from_inner(x);
        }
        let x = layer(&self.head, x, Epilogue::RELU6, tracked);
        let [features, batch, height, width] = x.dims();
        x.reshape([features, batch, height * width]).mean_dim(2).squeeze_dim::<2>(2).transpose()
    }
}

impl InvertedResidual {
    fn forward(&self, x: Tensor<4>, trained: bool) -> Tensor<4> {
        let expanded = match &self.expand {
            Some(expand) => layer(expand, x.clone(), Epilogue::RELU6, trained),
            None => x.clone(),
        };
        let epilogue = if self.residual { Epilogue::NONE.with_residual(x) } else { Epilogue::NONE };
        layer(&self.project, layer(&self.depthwise, expanded, Epilogue::RELU6, trained), epilogue, trained)
    }
}

fn conv(channels: [usize; 2], kernel: usize, stride: usize, groups: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_groups(groups)
        .with_padding(PaddingConfig2d::Valid)
        .init(device)
}

/// Convolution, bias, epilogue.
fn layer(conv: &Conv2d, x: Tensor<4>, epilogue: Epilogue, trained: bool) -> Tensor<4> {
    let window = same_padding(conv, x.dims()[2]);
    let bias = conv.bias.as_ref().expect("the layer has a bias");
    let (weight, bias) =
        if trained { (conv.weight.val(), bias.val()) } else { (conv.weight.val().inner(), bias.val().inner()) };
    let x = if conv.groups > 1 { depthwise_conv2d(x, weight, window) } else { conv2d(x, weight, window) };
    add_bias(x, bias, epilogue)
}

/// TensorFlow's "same" padding, as the pretrained weights expect: the odd pixel is below and right.
fn same_padding(conv: &Conv2d, side: usize) -> Window {
    let (kernel, stride) = (conv.kernel_size[0], conv.stride[0]);
    let padding = ((side.div_ceil(stride) - 1) * stride + kernel).saturating_sub(side);
    Window { kernel, stride, pad_before: padding / 2, pad_after: padding - padding / 2 }
}
