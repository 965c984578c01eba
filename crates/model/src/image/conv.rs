//! A convolution and the batch normalisation (Ioffe & Szegedy 2015) behind it, which is part of its weights once trained.

use burn::{
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor},
};
use windowshop_convolution::{Scale, Then, Window, convolve, normalise, normalise_by};

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
        let edge = edge(kernel, stride);
        let conv = Conv2dConfig::new([inputs, outputs], [kernel, kernel])
            .with_stride([stride, stride])
            .with_padding(PaddingConfig2d::Explicit(edge, edge, edge, edge))
            .with_bias(false)
            .init(device);
        ConvNorm { conv, norm: BatchNormConfig::new(outputs).init(device) }
    }
}

/// Zeros on every side, so that sides are divided by the stride.
fn edge(kernel: usize, stride: usize) -> usize {
    kernel.saturating_sub(stride).div_ceil(2)
}

impl ConvNorm {
    /// # Shapes
    /// - `x` `[inputs, photos, side, side]`, output `[outputs, photos, side / stride, side / stride]`
    pub fn forward(&self, x: Tensor<4>, then: Then) -> Tensor<4> {
        let (kernel, stride) = (self.conv.kernel_size[0], self.conv.stride[0]);
        let x = convolve(x, self.conv.weight.val(), Window::centred(kernel, stride, edge(kernel, stride)));
        let norm = &self.norm;
        let scale = Scale { gamma: norm.gamma.val(), beta: norm.beta.val(), epsilon: norm.epsilon as f32 };
        if !x.device().is_autodiff() {
            return normalise_by(x, scale, norm.running_mean.value(), norm.running_var.value(), then);
        }
        let normalised = normalise(x, scale, then);
        // What the network will judge by: the statistics of the last batches.
        for (running, batch) in [(&norm.running_mean, normalised.mean), (&norm.running_var, normalised.variance)] {
            let value = running.value_sync() * (1.0 - norm.momentum) + batch.detach() * norm.momentum;
            running.update(value.detach());
        }
        normalised.output
    }
}
