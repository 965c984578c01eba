//! A bias per channel and an [`Epilogue`], for convolutions whose batch normalisation is folded into their weights.

use burn::{
    backend::{Flex, autodiff::ops::NodeGuard},
    tensor::Tensor,
};
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::{
    epilogue::{self, Epilogue},
    flex::{self, Cpu, slice},
    operation::{Gradient, track},
};

/// `epilogue(x + bias)`
///
/// # Shapes
/// - `x` and output `[channels, batch, height, width]`
/// - `bias` `[channels]`
pub fn add_bias(x: Tensor<4>, bias: Tensor<1>, epilogue: Epilogue) -> Tensor<4> {
    let shape = x.dims();
    let max = epilogue.clamp_max;
    let cpu = (flex::cpu(&x), flex::cpu(&bias), epilogue.residual.as_ref().map(flex::cpu));
    match cpu {
        (Some(Cpu::Plain(x)), Some(Cpu::Plain(bias)), None) => {
            Tensor::from_primitive::<Flex>(forward(x, &bias, None, max, shape))
        }
        (Some(Cpu::Plain(x)), Some(Cpu::Plain(bias)), Some(Some(Cpu::Plain(residual)))) => {
            Tensor::from_primitive::<Flex>(forward(x, &bias, Some(&residual), max, shape))
        }
        (Some(Cpu::Tracked(x, x_node)), Some(Cpu::Tracked(bias, bias_node)), None) => {
            tracked([x_node, bias_node], forward(x, &bias, None, max, shape), max, shape)
        }
        (
            Some(Cpu::Tracked(x, x_node)),
            Some(Cpu::Tracked(bias, bias_node)),
            Some(Some(Cpu::Tracked(residual, residual_node))),
        ) => {
            let out = forward(x, &bias, Some(&residual), max, shape);
            tracked([x_node, bias_node, residual_node], out, max, shape)
        }
        _ => epilogue.apply(x + bias.reshape([shape[0], 1, 1, 1])),
    }
}

fn forward(
    x: FlexTensor,
    bias: &FlexTensor,
    residual: Option<&FlexTensor>,
    clamp_max: Option<f32>,
    shape: [usize; 4],
) -> FlexTensor {
    let pixels = shape[1] * shape[2] * shape[3];
    let (values, biases, residual) = (slice(&x), slice(bias), residual.map(slice));
    let mut out = vec![0.0; values.len()];
    out.par_chunks_exact_mut(pixels).enumerate().for_each(|(channel, out)| {
        let of = |values| row(values, channel, pixels);
        epilogue::affine(out, of(values), 1.0, biases[channel], residual.map(of), clamp_max);
    });
    flex::tensor(out, shape)
}

fn row(values: &[f32], channel: usize, pixels: usize) -> &[f32] {
    &values[channel * pixels..][..pixels]
}

fn tracked<const N: usize>(
    nodes: [NodeGuard; N],
    out: FlexTensor,
    clamp_max: Option<f32>,
    shape: [usize; 4],
) -> Tensor<4> {
    let state = || AddBiasGradient { clamped: clamp_max.map(|max| (out.clone(), max)), shape };
    track(nodes, out.clone(), state)
}

#[derive(Clone, Debug)]
struct AddBiasGradient {
    /// The output and the upper bound of its clamp.
    clamped: Option<(FlexTensor, f32)>,
    shape: [usize; 4],
}

impl Gradient for AddBiasGradient {
    fn gradients(self, mut grad: FlexTensor, _: &[bool]) -> Vec<Option<FlexTensor>> {
        let pixels = self.shape[1] * self.shape[2] * self.shape[3];
        if let Some((output, max)) = &self.clamped {
            epilogue::clamp_gradient(&mut grad, output, *max, pixels);
        }
        let sums: Vec<f32> = slice(&grad).par_chunks_exact(pixels).map(|row| epilogue::sum(row, |g| g)).collect();
        let sums = flex::tensor(sums, [self.shape[0]]);
        vec![Some(grad.clone()), Some(sums), Some(grad)]
    }
}
