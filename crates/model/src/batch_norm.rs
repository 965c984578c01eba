//! The training step of a batch normalisation (Ioffe & Szegedy 2015).

use burn::{nn::BatchNorm, tensor::Tensor};
use windowshop_convolution::{BatchNormParams, Epilogue, batch_norm};

/// Normalises by the statistics of the batch and moves the running statistics of `norm` towards them.
///
/// # Shapes
/// - `x` and output `[channels, batch, height, width]`
pub fn train(norm: &BatchNorm, x: Tensor<4>, params: BatchNormParams, epilogue: Epilogue) -> Tensor<4> {
    let normalised = batch_norm(x, params, epilogue);
    for (running, batch) in [(&norm.running_mean, normalised.mean), (&norm.running_var, normalised.variance)] {
        let value = running.value_sync() * (1.0 - norm.momentum) + batch.detach() * norm.momentum;
        running.update(value.detach());
    }
    normalised.output
}
