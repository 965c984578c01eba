//! Batch normalisation (Ioffe & Szegedy 2015) with what usually follows it: a shortcut is added, negative values are cut.

use burn::{
    backend::{Flex, autodiff::ops::NodeGuard},
    tensor::Tensor,
};
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::{
    flex::{self, Cpu, slice},
    operation::{Gradient, track},
    shift::shift,
    then::{self, Then},
};

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
    let job = |x, gamma, beta, beside| Job { x, gamma, beta, beside, epsilon: scale.epsilon, most: then.most };
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
    let bias = scale.beta - mean * factor.clone();
    let [channels] = factor.dims();
    shift(x * factor.reshape([channels, 1, 1, 1]), bias, then)
}

#[derive(Clone, Debug)]
struct Normalise {
    x: FlexTensor,
    gamma: FlexTensor,
    /// The output and where it was cut.
    cut: Option<(FlexTensor, f32)>,
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
    most: Option<f32>,
}

impl Job {
    fn run<const N: usize>(self, nodes: [NodeGuard; N], shape: [usize; 4]) -> Normalised {
        let Self { x, gamma, beta, beside, epsilon, most } = self;
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
                let mean = then::sum(row, |v| v) / pixels as f32;
                let variance = then::sum(row, |v| (v - mean) * (v - mean)) / pixels as f32;
                let factor = gains[channel] / (variance + epsilon).sqrt();
                let shift = shifts[channel] - mean * factor;
                let beside = beside.map(|beside| &beside[channel * pixels..][..pixels]);
                then::affine(out, row, factor, shift, beside, most);
                (mean, variance)
            })
            .collect();
        let (mean, variance): (Vec<f32>, Vec<f32>) = statistics.into_iter().unzip();
        let out = flex::tensor(out, shape);
        let output = track(nodes, out.clone(), || Normalise {
            x,
            gamma,
            cut: most.map(|most| (out.clone(), most)),
            mean: mean.clone(),
            inverse: variance.iter().map(|variance| 1.0 / (variance + epsilon).sqrt()).collect(),
            shape,
        });
        let statistic = |values: Vec<f32>| Tensor::from_primitive::<Flex>(flex::tensor(values, [channels]));
        Normalised { output, mean: statistic(mean), variance: statistic(variance) }
    }
}

impl Gradient for Normalise {
    fn gradients(self, mut grad: FlexTensor, _: &[bool]) -> Vec<Option<FlexTensor>> {
        let Self { x, gamma, cut, mean, inverse, shape } = self;
        let pixels = shape[1] * shape[2] * shape[3];
        if let Some((output, most)) = &cut {
            then::mask(&mut grad, output, *most, pixels);
        }
        let (values, gains, grad_values) = (slice(&x), slice(&gamma), slice(&grad));
        let mut dx = vec![0.0; values.len()];
        let sums: Vec<(f32, f32)> = dx
            .par_chunks_exact_mut(pixels)
            .enumerate()
            .map(|(channel, dx)| {
                let (row, grad) = (&values[channel * pixels..][..pixels], &grad_values[channel * pixels..][..pixels]);
                let (mean, inverse) = (mean[channel], inverse[channel]);
                let dbeta = then::sum(grad, |g| g);
                let dgamma = then::sum_of_products(row, grad, mean) * inverse;
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
        let [dgamma, dbeta] = [dgamma, dbeta].map(|values| flex::tensor(values, [channels]));
        vec![Some(flex::tensor(dx, shape)), Some(dgamma), Some(dbeta), Some(grad)]
    }
}
