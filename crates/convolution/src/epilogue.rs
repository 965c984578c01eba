//! The epilogue that [`crate::add_bias()`] and [`crate::batch_norm()`] fuse into their last pass: residual addition, then ReLU or ReLU6.

use burn::tensor::Tensor;
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::flex::slice;

/// Independent partial sums, so that the compiler vectorises a reduction.
const LANES: usize = 16;

/// Residual addition, then a clamp to `0..=clamp_max`.
#[derive(Clone, Debug, Default)]
pub struct Epilogue {
    /// Added first, `[channels, batch, height, width]`.
    pub residual: Option<Tensor<4>>,
    /// Upper bound of the clamp; `None` leaves the values unclamped, infinity is ReLU.
    pub clamp_max: Option<f32>,
}

impl Epilogue {
    /// The identity.
    pub const NONE: Self = Self { residual: None, clamp_max: None };
    /// `max(x, 0)`
    pub const RELU: Self = Self { residual: None, clamp_max: Some(f32::INFINITY) };
    /// `min(max(x, 0), 6)`
    pub const RELU6: Self = Self { residual: None, clamp_max: Some(6.0) };

    /// The same activation after adding `residual`.
    pub fn with_residual(self, residual: Tensor<4>) -> Self {
        Self { residual: Some(residual), ..self }
    }

    /// By burn's operations, on any device.
    pub(crate) fn apply(self, x: Tensor<4>) -> Tensor<4> {
        let x = match self.residual {
            Some(residual) => x + residual,
            None => x,
        };
        match self.clamp_max {
            Some(max) => x.clamp(0.0, max),
            None => x,
        }
    }
}

/// `out = clamp(x * scale + bias + residual)`
pub(crate) fn affine(
    out: &mut [f32],
    x: &[f32],
    scale: f32,
    bias: f32,
    residual: Option<&[f32]>,
    clamp_max: Option<f32>,
) {
    let (min, max) = clamp_max.map_or((f32::NEG_INFINITY, f32::INFINITY), |max| (0.0, max));
    match residual {
        None => out.iter_mut().zip(x).for_each(|(out, v)| *out = (v * scale + bias).max(min).min(max)),
        Some(residual) => {
            let sums = x.iter().zip(residual).map(|(v, r)| v * scale + bias + r);
            out.iter_mut().zip(sums).for_each(|(out, sum)| *out = sum.max(min).min(max));
        }
    }
}

/// Zeroes the gradient where `output` was clamped. Writes `grad` in place if nothing else holds its storage.
pub(crate) fn clamp_gradient(grad: &mut FlexTensor, output: &FlexTensor, clamp_max: f32, pixels: usize) {
    let output = slice(output);
    grad.storage_mut::<f32>().par_chunks_exact_mut(pixels).zip(output.par_chunks_exact(pixels)).for_each(
        |(grad, row)| {
            grad.iter_mut().zip(row).for_each(|(g, out)| *g = if *out > 0.0 && *out < clamp_max { *g } else { 0.0 });
        },
    );
}

/// The sum of `of(x)` over a row.
pub(crate) fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (chunks, remainder) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            *lane += of(*v);
        }
    }
    lanes.iter().sum::<f32>() + remainder.iter().map(|v| of(*v)).sum::<f32>()
}

/// The sum of `(x - mean) * g` over a row.
pub(crate) fn sum_of_products(row: &[f32], grad: &[f32], mean: f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let ((chunks, remainder), (grads, last)) = (row.as_chunks::<LANES>(), grad.as_chunks::<LANES>());
    for (chunk, grad) in chunks.iter().zip(grads) {
        for ((lane, v), g) in lanes.iter_mut().zip(chunk).zip(grad) {
            *lane += (v - mean) * g;
        }
    }
    lanes.iter().sum::<f32>() + remainder.iter().zip(last).map(|(v, g)| (v - mean) * g).sum::<f32>()
}
