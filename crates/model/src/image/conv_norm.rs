//! A convolution and its batch normalisation (Ioffe & Szegedy 2015).

use burn::{
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};
use windowshop_convolution::{BatchNormParams, Epilogue, Window, batch_norm_with, conv2d};

use crate::batch_norm;

/// Shape of a [`ConvNorm`].
#[derive(Clone, Debug)]
pub struct ConvNormConfig {
    pub inputs: usize,
    pub outputs: usize,
    pub kernel: usize,
    pub stride: usize,
}

/// Convolution without bias, then batch normalisation.
#[derive(Module, Debug)]
pub struct ConvNorm {
    conv: Conv2d,
    norm: BatchNorm,
}

impl ConvNormConfig {
    /// A layer with random weights.
    pub fn init(&self, device: &Device) -> ConvNorm {
        let Self { inputs, outputs, kernel, stride } = *self;
        let padding = padding(kernel, stride);
        let conv = Conv2dConfig::new([inputs, outputs], [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
            .with_bias(false)
            .init(device);
        ConvNorm { conv, norm: BatchNormConfig::new(outputs).init(device) }
    }
}

/// Symmetric padding that divides the side by the stride.
fn padding(kernel: usize, stride: usize) -> usize {
    kernel.saturating_sub(stride).div_ceil(2)
}

impl ConvNorm {
    /// Normalises by batch statistics on an autodiff device, by running statistics elsewhere.
    ///
    /// # Shapes
    /// - `x` `[inputs, batch, side, side]`, output `[outputs, batch, side / stride, side / stride]`
    pub fn forward(&self, x: Tensor<4>, epilogue: Epilogue) -> Tensor<4> {
        let (kernel, stride) = (self.conv.kernel_size[0], self.conv.stride[0]);
        let x = conv2d(x, self.conv.weight.val(), Window::symmetric(kernel, stride, padding(kernel, stride)));
        let norm = &self.norm;
        let params = BatchNormParams { gamma: norm.gamma.val(), beta: norm.beta.val(), epsilon: norm.epsilon as f32 };
        if x.device().is_autodiff() {
            batch_norm::train(norm, x, params, epilogue)
        } else {
            batch_norm_with(x, params, norm.running_mean.value(), norm.running_var.value(), epilogue)
        }
    }
}
