//! Convolutional layers in a browser, which never trains: the same functions by products and sums that its module has already. burn's
//! own convolution brings kernels for many ways to cut it up for many GPUs.

use burn::{
    module::Param,
    nn::{PaddingConfig2d, conv::Conv2d},
    tensor::{Device, Tensor, activation::leaky_relu},
};

/// Pixels along a side of the window.
const SIDE: usize = 3;

/// A layer whose weights are still to be loaded.
pub fn conv3(inputs: usize, outputs: usize, bias: bool, device: &Device) -> Conv2d {
    Conv2d {
        weight: Param::from_tensor(Tensor::zeros([outputs, inputs, SIDE, SIDE], device)),
        bias: bias.then(|| Param::from_tensor(Tensor::zeros([outputs], device))),
        stride: [1, 1],
        kernel_size: [SIDE, SIDE],
        dilation: [1, 1],
        groups: 1,
        padding: PaddingConfig2d::Explicit(1, 1, 1, 1),
    }
}

/// A product and a sum for each pixel of the window.
///
/// # Shapes
/// - `x` `[inputs, pictures, side, side]`, output `[outputs, pictures, side, side]`
pub fn forward(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    let [inputs, pictures, height, width] = x.dims();
    let [outputs, ..] = layer.weight.dims();
    let framed = x.pad((1, 1, 1, 1), 0.0f32);
    let tap = |down: usize, right: usize| {
        let seen = framed.clone().slice([0..inputs, 0..pictures, down..down + height, right..right + width]);
        let weight = layer.weight.val().slice([0..outputs, 0..inputs, down..down + 1, right..right + 1]);
        let terms = seen.reshape([1, inputs, pictures * height * width]) * weight.reshape([outputs, inputs, 1]);
        terms.sum_dim(1) // [outputs, 1, pixels]
    };
    let taps = (0..SIDE * SIDE).map(|at| tap(at / SIDE, at % SIDE));
    let sum = taps.reduce(|sum, tap| sum + tap).expect("a window has pixels");
    let out = sum.reshape([outputs, pictures, height, width]);
    match &layer.bias {
        Some(bias) => out + bias.val().reshape([outputs, 1, 1, 1]),
        None => out,
    }
}

/// # Shapes
/// - `x` `[channels, pictures, side, side]`, output `[channels, pictures, 2 side, 2 side]`
pub fn double(x: Tensor<4>) -> Tensor<4> {
    let [channels, pictures, height, width] = x.dims();
    x.reshape([channels * pictures, height, 1, width, 1]).expand([channels * pictures, height, 2, width, 2]).reshape([
        channels,
        pictures,
        2 * height,
        2 * width,
    ])
}

/// `leak(x * gain + bias)`, where `leak` multiplies what is below zero by `slope`.
///
/// # Shapes
/// - `x` and output `[channels, pictures, side, side]`; `gain`, `bias` `[channels, pictures]`
pub fn modulate(x: Tensor<4>, gain: Tensor<2>, bias: Tensor<2>, slope: f32) -> Tensor<4> {
    let [channels, pictures, ..] = x.dims();
    let places = [channels, pictures, 1, 1];
    leaky_relu(x * gain.reshape(places) + bias.reshape(places), f64::from(slope))
}
