//! Batch normalisation (Ioffe & Szegedy 2015) with a fused [`Epilogue`].

use burn::{
    backend::{Flex, autodiff::ops::NodeGuard},
    tensor::Tensor,
};
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::{
    add_bias::add_bias,
    epilogue::{self, Epilogue},
    flex::{self, Cpu, slice},
    operation::{Gradient, track},
};

/// A normalised batch and its statistics.
#[derive(Clone, Debug)]
pub struct BatchNormOutput {
    /// Shape of the input.
    pub output: Tensor<4>,
    /// `[channels]`
    pub mean: Tensor<1>,
    /// `[channels]`, biased: the squared deviations divided by their count
    pub variance: Tensor<1>,
}

/// The affine parameters of a batch normalisation.
#[derive(Clone, Debug)]
pub struct BatchNormParams {
    /// Scale, `[channels]`.
    pub gamma: Tensor<1>,
    /// Offset, `[channels]`.
    pub beta: Tensor<1>,
    /// Added to the variance.
    pub epsilon: f32,
}

/// Normalises by the statistics of the batch (training).
///
/// # Shapes
/// - `x` and output `[channels, batch, height, width]`
pub fn batch_norm(x: Tensor<4>, params: BatchNormParams, epilogue: Epilogue) -> BatchNormOutput {
    let tracked = |cpu: Option<Cpu>| match cpu {
        Some(Cpu::Tracked(values, node)) => Some((values, node)),
        Some(Cpu::Plain(_)) | None => None,
    };
    let residual = epilogue.residual.as_ref().map(|residual| tracked(flex::cpu(residual)));
    let inputs = (tracked(flex::cpu(&x)), tracked(flex::cpu(&params.gamma)), tracked(flex::cpu(&params.beta)));
    let job = |x, gamma, beta, residual| Job {
        x,
        gamma,
        beta,
        residual,
        epsilon: params.epsilon,
        clamp_max: epilogue.clamp_max,
    };
    match (inputs, residual) {
        ((Some(input), Some(gamma), Some(beta)), None) => {
            job(input.0, gamma.0, beta.0, None).run([input.1, gamma.1, beta.1], x.dims())
        }
        ((Some(input), Some(gamma), Some(beta)), Some(Some(residual))) => {
            job(input.0, gamma.0, beta.0, Some(residual.0)).run([input.1, gamma.1, beta.1, residual.1], x.dims())
        }
        _ => {
            let flat = x.clone().flatten::<2>(1, 3); // [channels, pixels]
            let mean = flat.clone().mean_dim(1);
            let variance = (flat - mean.clone()).powi_scalar(2).mean_dim(1);
            let (mean, variance) = (mean.squeeze_dim::<1>(1), variance.squeeze_dim::<1>(1));
            let output = batch_norm_with(x, params, mean.clone(), variance.clone(), epilogue);
            BatchNormOutput { output, mean, variance }
        }
    }
}

/// Normalises by the given statistics (inference), both `[channels]`.
///
/// # Shapes
/// - `x` and output `[channels, batch, height, width]`
pub fn batch_norm_with(
    x: Tensor<4>,
    params: BatchNormParams,
    mean: Tensor<1>,
    variance: Tensor<1>,
    epilogue: Epilogue,
) -> Tensor<4> {
    let scale = params.gamma / (variance + params.epsilon).sqrt();
    let bias = params.beta - mean * scale.clone();
    let [channels] = scale.dims();
    add_bias(x * scale.reshape([channels, 1, 1, 1]), bias, epilogue)
}

/// A batch normalisation whose inputs are all on the flex device.
struct Job {
    x: FlexTensor,
    gamma: FlexTensor,
    beta: FlexTensor,
    residual: Option<FlexTensor>,
    epsilon: f32,
    clamp_max: Option<f32>,
}

impl Job {
    fn run<const N: usize>(self, nodes: [NodeGuard; N], shape: [usize; 4]) -> BatchNormOutput {
        let Self { x, gamma, beta, residual, epsilon, clamp_max } = self;
        let channels = shape[0];
        let pixels = shape[1] * shape[2] * shape[3];
        let (values, gammas, betas) = (slice(&x), slice(&gamma), slice(&beta));
        let mut out = vec![0.0; values.len()];
        let residual = residual.as_ref().map(slice);
        let statistics: Vec<(f32, f32)> = out
            .par_chunks_exact_mut(pixels)
            .enumerate()
            .map(|(channel, out)| {
                let row = &values[channel * pixels..][..pixels];
                let mean = epilogue::sum(row, |v| v) / pixels as f32;
                let variance = epilogue::sum(row, |v| (v - mean) * (v - mean)) / pixels as f32;
                let scale = gammas[channel] / (variance + epsilon).sqrt();
                let bias = betas[channel] - mean * scale;
                let residual = residual.map(|residual| &residual[channel * pixels..][..pixels]);
                epilogue::affine(out, row, scale, bias, residual, clamp_max);
                (mean, variance)
            })
            .collect();
        let (mean, variance): (Vec<f32>, Vec<f32>) = statistics.into_iter().unzip();
        let out = flex::tensor(out, shape);
        let output = track(nodes, out.clone(), || BatchNormGradient {
            x,
            gamma,
            clamped: clamp_max.map(|max| (out.clone(), max)),
            mean: mean.clone(),
            inverse_std: variance.iter().map(|variance| 1.0 / (variance + epsilon).sqrt()).collect(),
            shape,
        });
        let statistic = |values: Vec<f32>| Tensor::from_primitive::<Flex>(flex::tensor(values, [channels]));
        BatchNormOutput { output, mean: statistic(mean), variance: statistic(variance) }
    }
}

#[derive(Clone, Debug)]
struct BatchNormGradient {
    x: FlexTensor,
    gamma: FlexTensor,
    /// The output and the upper bound of its clamp.
    clamped: Option<(FlexTensor, f32)>,
    mean: Vec<f32>,
    inverse_std: Vec<f32>,
    shape: [usize; 4],
}

impl Gradient for BatchNormGradient {
    fn gradients(self, mut grad: FlexTensor, _: &[bool]) -> Vec<Option<FlexTensor>> {
        let Self { x, gamma, clamped, mean, inverse_std, shape } = self;
        let pixels = shape[1] * shape[2] * shape[3];
        if let Some((output, max)) = &clamped {
            epilogue::clamp_gradient(&mut grad, output, *max, pixels);
        }
        let (values, gammas, grad_values) = (slice(&x), slice(&gamma), slice(&grad));
        let mut dx = vec![0.0; values.len()];
        let sums: Vec<(f32, f32)> = dx
            .par_chunks_exact_mut(pixels)
            .enumerate()
            .map(|(channel, dx)| {
                let (row, grad) = (&values[channel * pixels..][..pixels], &grad_values[channel * pixels..][..pixels]);
                let (mean, inverse_std) = (mean[channel], inverse_std[channel]);
                let dbeta = epilogue::sum(grad, |g| g);
                let dgamma = epilogue::sum_of_products(row, grad, mean) * inverse_std;
                // gamma / std * (g - mean(g) - x_hat * mean(g * x_hat)), written as a linear function of x and g.
                let scale = gammas[channel] * inverse_std;
                let slope = -scale * inverse_std * dgamma / pixels as f32;
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
