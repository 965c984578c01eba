//! What follows a normalisation or a bias.

use burn::tensor::Tensor;
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::flex::slice;

/// Sums that are added up side by side, so that they can be one vector instruction.
const LANES: usize = 16;

/// What follows a normalisation or a bias.
#[derive(Clone, Debug, Default)]
pub struct Then {
    /// Added, `[channels, photos, height, width]`.
    pub beside: Option<Tensor<4>>,
    /// Where it is cut, if it is: below zero and above this.
    pub most: Option<f32>,
}

impl Then {
    /// Nothing follows.
    pub const NOTHING: Self = Self { beside: None, most: None };
    /// What is below zero is cut.
    pub const RELU: Self = Self { beside: None, most: Some(f32::INFINITY) };
    /// What is below zero or above six is cut.
    pub const RELU6: Self = Self { beside: None, most: Some(6.0) };

    /// The same after something is added.
    pub fn after(self, beside: Tensor<4>) -> Self {
        Self { beside: Some(beside), ..self }
    }
}

/// By burn's operations, on any device.
pub(crate) fn by_burn(x: Tensor<4>, then: Then) -> Tensor<4> {
    let x = match then.beside {
        Some(beside) => x + beside,
        None => x,
    };
    match then.most {
        Some(most) => x.clamp(0.0, most),
        None => x,
    }
}

/// `out = cut(x * factor + shift + beside)`
pub(crate) fn affine(out: &mut [f32], x: &[f32], factor: f32, shift: f32, beside: Option<&[f32]>, most: Option<f32>) {
    let (least, most) = most.map_or((f32::NEG_INFINITY, f32::INFINITY), |most| (0.0, most));
    match beside {
        None => out.iter_mut().zip(x).for_each(|(out, v)| *out = (v * factor + shift).max(least).min(most)),
        Some(beside) => {
            let sums = x.iter().zip(beside).map(|(v, b)| v * factor + shift + b);
            out.iter_mut().zip(sums).for_each(|(out, sum)| *out = sum.max(least).min(most));
        }
    }
}

/// No gradient where the output was cut. `grad` is written in place where nobody else reads it.
pub(crate) fn mask(grad: &mut FlexTensor, output: &FlexTensor, most: f32, pixels: usize) {
    let output = slice(output);
    grad.storage_mut::<f32>().par_chunks_exact_mut(pixels).zip(output.par_chunks_exact(pixels)).for_each(
        |(grad, row)| {
            grad.iter_mut().zip(row).for_each(|(g, out)| *g = if *out > 0.0 && *out < most { *g } else { 0.0 });
        },
    );
}

pub(crate) fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (whole, rest) = row.as_chunks::<LANES>();
    for chunk in whole {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            *lane += of(*v);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|v| of(*v)).sum::<f32>()
}

/// Of `(x - mean) * g`.
pub(crate) fn sum_of_products(row: &[f32], grad: &[f32], mean: f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let ((whole, rest), (grads, last)) = (row.as_chunks::<LANES>(), grad.as_chunks::<LANES>());
    for (chunk, grad) in whole.iter().zip(grads) {
        for ((lane, v), g) in lanes.iter_mut().zip(chunk).zip(grad) {
            *lane += (v - mean) * g;
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().zip(last).map(|(v, g)| (v - mean) * g).sum::<f32>()
}
