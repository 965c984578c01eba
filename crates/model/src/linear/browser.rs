//! Linear layers in a browser, which never trains: without burn's random initialisers and without its matrix product, whose
//! kernels are larger than the rest of the module.

use burn::{
    module::Param,
    nn::{Linear, LinearConfig},
    tensor::{Device, Tensor},
};

/// A layer of zeros, to be loaded later.
pub fn init(config: &LinearConfig, device: &Device) -> Linear {
    let bias = config.bias.then(|| Param::from_tensor(Tensor::zeros([config.d_output], device)));
    Linear { weight: table(config.d_input, config.d_output, 0.0, device), bias }
}

/// A table of zeros, `[rows, columns]`, to be loaded later.
pub fn table(rows: usize, columns: usize, _: f64, device: &Device) -> Param<Tensor<2>> {
    Param::from_tensor(Tensor::zeros([rows, columns], device))
}

/// Rows of one product: an intermediate tensor holds rows × inputs × outputs values, and a browser binds at most 128 MiB.
const ROWS: usize = 2048;

/// `x · weight + bias`
///
/// # Shapes
/// - `x` `[rows, inputs]`, output `[rows, outputs]`
pub fn forward(layer: &Linear, x: Tensor<2>) -> Tensor<2> {
    if x.dims()[0] <= ROWS {
        return block(layer, x);
    }
    Tensor::cat(x.split(ROWS, 0).into_iter().map(|x| block(layer, x)).collect(), 0)
}

/// `x · weight`
///
/// # Shapes
/// - `x` `[rows, inputs]`, `weight` `[inputs, outputs]`, output `[rows, outputs]`
pub fn product(x: Tensor<2>, weight: Tensor<2>) -> Tensor<2> {
    let terms = x.unsqueeze_dim::<3>(2) * weight.unsqueeze_dim::<3>(0); // [rows, inputs, outputs]
    terms.sum_dim(1).squeeze_dim::<2>(1)
}

fn block(layer: &Linear, x: Tensor<2>) -> Tensor<2> {
    let y = product(x, layer.weight.val());
    match &layer.bias {
        Some(bias) => y + bias.val().unsqueeze::<2>(),
        None => y,
    }
}
