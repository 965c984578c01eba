//! Feature-wise affine modulation (FiLM, Perez et al. 2018) followed by a leaky ReLU: the last pass of a conditional batch
//! normalisation, or a bias with an activation.

use burn::{
    backend::Flex,
    tensor::{Tensor, activation::leaky_relu},
};
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::{
    epilogue,
    flex::{self, Cpu, slice},
    operation::{Gradient, track},
};

/// `leaky_relu(x * gain + bias)` with a gain and a bias per channel and image. `slope` is the negative slope: 0 is ReLU, 1 the identity.
///
/// # Shapes
/// - `x` and output `[channels, batch, height, width]`
/// - `gain`, `bias` `[channels, batch]`
pub fn film(x: Tensor<4>, gain: Tensor<2>, bias: Tensor<2>, slope: f32) -> Tensor<4> {
    let shape = x.dims();
    match (flex::cpu(&x), flex::cpu(&gain), flex::cpu(&bias)) {
        (Some(Cpu::Plain(x)), Some(Cpu::Plain(gain)), Some(Cpu::Plain(bias))) => {
            Tensor::from_primitive::<Flex>(forward(&x, &gain, &bias, slope, shape))
        }
        (Some(Cpu::Tracked(x, x_node)), Some(Cpu::Tracked(gain, gain_node)), Some(Cpu::Tracked(bias, bias_node))) => {
            let out = forward(&x, &gain, &bias, slope, shape);
            let state = || FilmGradient { x, gain, out: out.clone(), slope, shape };
            track([x_node, gain_node, bias_node], out.clone(), state)
        }
        _ => {
            let broadcast = [shape[0], shape[1], 1, 1];
            leaky_relu(x * gain.reshape(broadcast) + bias.reshape(broadcast), f64::from(slope))
        }
    }
}

fn forward(x: &FlexTensor, gain: &FlexTensor, bias: &FlexTensor, slope: f32, shape: [usize; 4]) -> FlexTensor {
    let pixels = shape[2] * shape[3];
    let (values, gains, biases) = (slice(x), slice(gain), slice(bias));
    let mut out = vec![0.0; values.len()];
    out.par_chunks_exact_mut(shape[1] * pixels).enumerate().for_each(|(channel, out)| {
        for (image, out) in out.chunks_exact_mut(pixels).enumerate() {
            let row = channel * shape[1] + image;
            let (gain, bias) = (gains[row], biases[row]);
            let leaky = |v: f32| if v > 0.0 { v } else { v * slope };
            out.iter_mut().zip(&values[row * pixels..]).for_each(|(out, v)| *out = leaky(v * gain + bias));
        }
    });
    flex::tensor(out, shape)
}

#[derive(Clone, Debug)]
struct FilmGradient {
    x: FlexTensor,
    gain: FlexTensor,
    /// Its sign tells which side of the leaky ReLU a value is on.
    out: FlexTensor,
    slope: f32,
    shape: [usize; 4],
}

impl Gradient for FilmGradient {
    fn gradients(self, mut grad: FlexTensor, _: &[bool]) -> Vec<Option<FlexTensor>> {
        let Self { x, gain, out, slope, shape } = self;
        let pixels = shape[2] * shape[3];
        let (values, gains, out) = (slice(&x), slice(&gain), slice(&out));
        let batch = shape[1];
        let sums: Vec<(f32, f32)> = grad
            .storage_mut::<f32>()
            .par_chunks_exact_mut(batch * pixels)
            .enumerate()
            .flat_map_iter(|(channel, grad)| {
                let rows = grad.chunks_exact_mut(pixels).enumerate();
                let sums: Vec<(f32, f32)> = rows
                    .map(|(image, grad)| {
                        let row = channel * batch + image;
                        let (values, out) = (&values[row * pixels..][..pixels], &out[row * pixels..][..pixels]);
                        grad.iter_mut().zip(out).for_each(|(g, out)| *g *= if *out > 0.0 { 1.0 } else { slope });
                        let sums = (epilogue::sum_of_products(values, grad, 0.0), epilogue::sum(grad, |g| g));
                        grad.iter_mut().for_each(|g| *g *= gains[row]);
                        sums
                    })
                    .collect();
                sums
            })
            .collect();
        let (dgain, dbias): (Vec<f32>, Vec<f32>) = sums.into_iter().unzip();
        let [dgain, dbias] = [dgain, dbias].map(|values| flex::tensor(values, [shape[0], batch]));
        vec![Some(grad), Some(dgain), Some(dbias)]
    }
}
