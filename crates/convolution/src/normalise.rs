//! Batch normalisation (Ioffe & Szegedy 2015) with what usually follows it: a shortcut is added, negative values are cut.

use burn::{
    backend::{
        Autodiff, Flex,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::NoCheckpointing},
            grads::Gradients,
            ops::{Backward, NodeGuard, Ops, OpsKind},
        },
    },
    tensor::{Tensor, activation::relu},
};
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::flex::{self, Cpu, slice};

/// Sums that are added up side by side, so that they can be one vector instruction.
const LANES: usize = 16;

/// A normalised batch, and the statistics that it was normalised by.
#[derive(Clone, Debug)]
pub struct Normalised {
    /// Shape of the input.
    pub output: Tensor<4>,
    /// `[channels]`
    pub mean: Tensor<1>,
    /// `[channels]`, of the batch as it is: divided by its size
    pub variance: Tensor<1>,
}

/// What a channel is stretched and moved by once it is normalised.
#[derive(Clone, Debug)]
pub struct Scale {
    /// `[channels]`
    pub gamma: Tensor<1>,
    /// `[channels]`
    pub beta: Tensor<1>,
    /// Added to a variance.
    pub epsilon: f32,
}

/// What follows a normalisation.
#[derive(Clone, Debug, Default)]
pub struct Then {
    /// Added to it, `[channels, photos, height, width]`.
    pub beside: Option<Tensor<4>>,
    /// Whether what is below zero is cut.
    pub cut: bool,
}

/// Normalises by the statistics of the batch.
///
/// # Shapes
/// - `x` and output `[channels, photos, height, width]`
pub fn normalise(x: Tensor<4>, scale: Scale, then: Then) -> Normalised {
    let tracked = |cpu: Option<Cpu>| match cpu {
        Some(Cpu::Tracked(values, node)) => Some((values, node)),
        _ => None,
    };
    let beside = then.beside.as_ref().map(|beside| tracked(flex::cpu(beside)));
    let inputs = (tracked(flex::cpu(&x)), tracked(flex::cpu(&scale.gamma)), tracked(flex::cpu(&scale.beta)));
    let job = |x, gamma, beta, beside| Job { x, gamma, beta, beside, epsilon: scale.epsilon, cut: then.cut };
    match (inputs, beside) {
        ((Some(v), Some(gamma), Some(beta)), None) => {
            job(v.0, gamma.0, beta.0, None).run([v.1, gamma.1, beta.1], x.dims())
        }
        ((Some(v), Some(gamma), Some(beta)), Some(Some(beside))) => {
            job(v.0, gamma.0, beta.0, Some(beside.0)).run([v.1, gamma.1, beta.1, beside.1], x.dims())
        }
        _ => {
            let flat = x.clone().flatten::<2>(1, 3); // [channels, pixels]
            let mean = flat.clone().mean_dim(1);
            let variance = (flat - mean.clone()).powi_scalar(2).mean_dim(1);
            let (mean, variance) = (mean.squeeze_dim::<1>(1), variance.squeeze_dim::<1>(1));
            let output = normalise_by(x, scale, mean.clone(), variance.clone(), then);
            Normalised { output, mean, variance }
        }
    }
}

/// Normalises by statistics that are given, both `[channels]`.
///
/// # Shapes
/// - `x` and output `[channels, photos, height, width]`
pub fn normalise_by(x: Tensor<4>, scale: Scale, mean: Tensor<1>, variance: Tensor<1>, then: Then) -> Tensor<4> {
    let factor = scale.gamma / (variance + scale.epsilon).sqrt();
    let shift = scale.beta - mean * factor.clone();
    let [channels] = factor.dims();
    let wide = |values: Tensor<1>| values.reshape([channels, 1, 1, 1]);
    let mut out = x * wide(factor) + wide(shift);
    if let Some(beside) = then.beside {
        out = out + beside;
    }
    if then.cut { relu(out) } else { out }
}

#[derive(Debug)]
struct Normalise;

#[derive(Clone, Debug)]
struct State {
    x: FlexTensor,
    gamma: FlexTensor,
    /// Where negative values were cut.
    output: Option<FlexTensor>,
    mean: Vec<f32>,
    /// One over the deviation.
    inverse: Vec<f32>,
    shape: [usize; 4],
}

/// A normalisation whose inputs are all on the CPU.
struct Job {
    x: FlexTensor,
    gamma: FlexTensor,
    beta: FlexTensor,
    beside: Option<FlexTensor>,
    epsilon: f32,
    cut: bool,
}

impl Job {
    fn run<const N: usize>(self, nodes: [NodeGuard; N], shape: [usize; 4]) -> Normalised {
        let Self { x, gamma, beta, beside, epsilon, cut } = self;
        let channels = shape[0];
        let pixels = shape[1] * shape[2] * shape[3];
        let (values, gains, shifts) = (slice(&x), slice(&gamma), slice(&beta));
        let mut out = vec![0.0; values.len()];
        let beside = beside.as_ref().map(slice);
        let statistics: Vec<(f32, f32)> = out
            .par_chunks_exact_mut(pixels)
            .enumerate()
            .map(|(channel, out)| {
                let row = &values[channel * pixels..][..pixels];
                let mean = sum(row, |v| v) / pixels as f32;
                let variance = sum(row, |v| (v - mean) * (v - mean)) / pixels as f32;
                let factor = gains[channel] / (variance + epsilon).sqrt();
                let shift = shifts[channel] - mean * factor;
                let floor = if cut { 0.0 } else { f32::NEG_INFINITY };
                match beside.map(|beside| &beside[channel * pixels..][..pixels]) {
                    None => out.iter_mut().zip(row).for_each(|(out, v)| *out = (v * factor + shift).max(floor)),
                    Some(beside) => {
                        let sums = row.iter().zip(beside).map(|(v, b)| v * factor + shift + b);
                        out.iter_mut().zip(sums).for_each(|(out, sum)| *out = sum.max(floor));
                    }
                }
                (mean, variance)
            })
            .collect();
        let (mean, variance): (Vec<f32>, Vec<f32>) = statistics.into_iter().unzip();
        let out = flex::tensor(out, shape);
        let output = match Normalise.prepare::<NoCheckpointing>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(prep) => {
                let inverse = variance.iter().map(|variance| 1.0 / (variance + epsilon).sqrt()).collect();
                let output = cut.then(|| out.clone());
                prep.finish(State { x, gamma, output, mean: mean.clone(), inverse, shape }, out)
            }
            OpsKind::UnTracked(prep) => prep.finish(out),
        };
        let statistic = |values: Vec<f32>| Tensor::from_primitive::<Flex>(flex::tensor(values, [channels]));
        Normalised {
            output: Tensor::from_primitive::<Autodiff<Flex>>(output),
            mean: statistic(mean),
            variance: statistic(variance),
        }
    }
}

impl<const N: usize> Backward<Flex, N> for Normalise {
    type State = State;

    fn backward(self, ops: Ops<State, N>, grads: &mut Gradients, _: &mut Checkpointer) {
        let State { x, gamma, output, mean, inverse, shape } = ops.state;
        let mut grad = flex::contiguous(grads.consume::<Flex>(&ops.node));
        let pixels = shape[1] * shape[2] * shape[3];
        if let Some(output) = &output {
            let output = slice(output);
            // Written in place where nobody else reads it.
            grad.storage_mut::<f32>().par_chunks_exact_mut(pixels).enumerate().for_each(|(channel, grad)| {
                let row = &output[channel * pixels..][..pixels];
                grad.iter_mut().zip(row).for_each(|(g, out)| *g = if *out > 0.0 { *g } else { 0.0 });
            });
        }
        let (values, gains, grad_values) = (slice(&x), slice(&gamma), slice(&grad));
        let mut dx = vec![0.0; values.len()];
        let sums: Vec<(f32, f32)> = dx
            .par_chunks_exact_mut(pixels)
            .enumerate()
            .map(|(channel, dx)| {
                let (row, grad) = (&values[channel * pixels..][..pixels], &grad_values[channel * pixels..][..pixels]);
                let (mean, inverse) = (mean[channel], inverse[channel]);
                let dbeta = sum(grad, |g| g);
                let dgamma = sum_of_products(row, grad, mean) * inverse;
                // gamma / deviation * (g - mean(g) - normalised x * mean(g * normalised x)), as a line in x and g
                let scale = gains[channel] * inverse;
                let slope = -scale * inverse * dgamma / pixels as f32;
                let constant = -scale * dbeta / pixels as f32 - slope * mean;
                dx.iter_mut().zip(row).zip(grad).for_each(|((dx, v), g)| *dx = g * scale + v * slope + constant);
                (dgamma, dbeta)
            })
            .collect();
        let (dgamma, dbeta): (Vec<f32>, Vec<f32>) = sums.into_iter().unzip();
        let channels = shape[0];
        let gradients = [flex::tensor(dx, shape), flex::tensor(dgamma, [channels]), flex::tensor(dbeta, [channels]), grad];
        for (node, gradient) in ops.parents.into_iter().zip(gradients) {
            if let Some(node) = node {
                grads.register::<Flex>(node.id, gradient);
            }
        }
    }
}

fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
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
fn sum_of_products(row: &[f32], grad: &[f32], mean: f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let ((whole, rest), (grads, last)) = (row.as_chunks::<LANES>(), grad.as_chunks::<LANES>());
    for (chunk, grad) in whole.iter().zip(grads) {
        for ((lane, v), g) in lanes.iter_mut().zip(chunk).zip(grad) {
            *lane += (v - mean) * g;
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().zip(last).map(|(v, g)| (v - mean) * g).sum::<f32>()
}
