//! The browser's twin of `mod.rs`, inference only, from tensor operations that its module already has.
//!
//! Why a twin: burn's own convolution adds autotuned GPU kernels to the download, and `windowshop-convolution` needs threads.

use burn::{
    module::Param,
    nn::{PaddingConfig2d, conv::Conv2d},
    tensor::{Device, Tensor, activation::leaky_relu},
};

/// Kernel size.
const KERNEL: usize = 3;

/// A layer of zeros, to load weights into.
pub fn init(inputs: usize, outputs: usize, bias: bool, device: &Device) -> Conv2d {
    Conv2d {
        weight: Param::from_tensor(Tensor::zeros([outputs, inputs, KERNEL, KERNEL], device)),
        bias: bias.then(|| Param::from_tensor(Tensor::zeros([outputs], device))),
        stride: [1, 1],
        kernel_size: [KERNEL, KERNEL],
        dilation: [1, 1],
        groups: 1,
        padding: PaddingConfig2d::Explicit(1, 1, 1, 1),
    }
}

/// The sum over kernel pixels of a channel-wise product.
///
/// # Shapes
/// - `x` `[inputs, batch, side, side]`, output `[outputs, batch, side, side]`
pub fn forward(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    let [inputs, batch, height, width] = x.dims();
    let [outputs, ..] = layer.weight.dims();
    let padded = x.pad((1, 1, 1, 1), 0.0f32);
    let tap = |down: usize, right: usize| {
        let pixels = padded.clone().slice([0..inputs, 0..batch, down..down + height, right..right + width]);
        let weight = layer.weight.val().slice([0..outputs, 0..inputs, down..down + 1, right..right + 1]);
        let terms = pixels.reshape([1, inputs, batch * height * width]) * weight.reshape([outputs, inputs, 1]);
        terms.sum_dim(1) // [outputs, 1, pixels]
    };
    let taps = (0..KERNEL * KERNEL).map(|at| tap(at / KERNEL, at % KERNEL));
    let sum = taps.reduce(|sum, tap| sum + tap).expect("a kernel has pixels");
    let out = sum.reshape([outputs, batch, height, width]);
    match &layer.bias {
        Some(bias) => out + bias.val().reshape([outputs, 1, 1, 1]),
        None => out,
    }
}

/// Repeats each pixel twice along both axes.
///
/// # Shapes
/// - `x` `[channels, batch, side, side]`, output `[channels, batch, 2 side, 2 side]`
pub fn upsample_nearest2x(x: Tensor<4>) -> Tensor<4> {
    let [channels, batch, height, width] = x.dims();
    x.reshape([channels * batch, height, 1, width, 1]).expand([channels * batch, height, 2, width, 2]).reshape([
        channels,
        batch,
        2 * height,
        2 * width,
    ])
}

/// `leaky_relu(x * gain + bias)` with a gain and a bias per channel and image; `slope` is the negative slope.
///
/// # Shapes
/// - `x` and output `[channels, batch, side, side]`; `gain`, `bias` `[channels, batch]`
pub fn film(x: Tensor<4>, gain: Tensor<2>, bias: Tensor<2>, slope: f32) -> Tensor<4> {
    let [channels, batch, ..] = x.dims();
    let broadcast = [channels, batch, 1, 1];
    leaky_relu(x * gain.reshape(broadcast) + bias.reshape(broadcast), f64::from(slope))
}
