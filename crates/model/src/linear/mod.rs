//! burn's linear layers, on every target but a browser.

use burn::{
    module::{Initializer, Param},
    nn::{Linear, LinearConfig},
    tensor::{Device, Tensor},
};

/// A layer with random weights.
pub fn init(config: &LinearConfig, device: &Device) -> Linear {
    config.init(device)
}

/// A table of normal random values, `[rows, columns]`.
pub fn table(rows: usize, columns: usize, std: f64, device: &Device) -> Param<Tensor<2>> {
    Initializer::Normal { mean: 0.0, std }.init([rows, columns], device)
}

/// `x · weight`
///
/// # Shapes
/// - `x` `[rows, inputs]`, `weight` `[inputs, outputs]`, output `[rows, outputs]`
pub fn product(x: Tensor<2>, weight: Tensor<2>) -> Tensor<2> {
    x.matmul(weight)
}

/// `x · weight + bias`
///
/// # Shapes
/// - `x` `[rows, inputs]`, output `[rows, outputs]`
pub fn forward(layer: &Linear, x: Tensor<2>) -> Tensor<2> {
    layer.forward(x)
}
