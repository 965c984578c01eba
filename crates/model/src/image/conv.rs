//! A convolution and the batch normalisation (Ioffe & Szegedy 2015) behind it, which is part of its weights once trained.

use burn::{
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};

/// Shape of a [`ConvNorm`]. Padding is symmetric: sides are divided by the stride.
#[derive(Clone, Debug)]
pub struct ConvNormConfig {
    pub inputs: usize,
    pub outputs: usize,
    pub kernel: usize,
    pub stride: usize,
}

/// See the module's text.
#[derive(Module, Debug)]
pub struct ConvNorm {
    conv: Conv2d,
    norm: BatchNorm,
}

impl ConvNormConfig {
    /// A layer with random weights.
    pub fn init(&self, device: &Device) -> ConvNorm {
        let Self { inputs, outputs, kernel, stride } = *self;
        let edge = kernel.saturating_sub(stride).div_ceil(2);
        let conv = Conv2dConfig::new([inputs, outputs], [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(edge, edge, edge, edge))
            .with_bias(false)
            .init(device);
        ConvNorm { conv, norm: BatchNormConfig::new(outputs).init(device) }
    }
}

impl ConvNorm {
    /// # Shapes
    /// - `x` `[photos, inputs, side, side]`, output `[photos, outputs, side / stride, side / stride]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm.forward(self.conv.forward(x))
    }
}
