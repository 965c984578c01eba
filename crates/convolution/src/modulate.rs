//! Channels of each photo stretched and moved by numbers of that photo (Perez et al. 2018, "FiLM"), and a leaky cut behind it:
//! what a conditional normalisation, or a bias alone, ends with.

use burn::{
    backend::Flex,
    tensor::{Tensor, activation::leaky_relu},
};
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::{
    flex::{self, Cpu, slice},
    operation::{Gradient, track},
    then,
};

/// `leak(x * gain + bias)`, where `leak` multiplies what is below zero by `slope`: 1 leaves it, 0 cuts it.
///
/// # Shapes
/// - `x` and output `[channels, photos, height, width]`
/// - `gain`, `bias` `[channels, photos]`
pub fn modulate(x: Tensor<4>, gain: Tensor<2>, bias: Tensor<2>, slope: f32) -> Tensor<4> {
    let shape = x.dims();
    match (flex::cpu(&x), flex::cpu(&gain), flex::cpu(&bias)) {
        (Some(Cpu::Plain(x)), Some(Cpu::Plain(gain)), Some(Cpu::Plain(bias))) => {
            Tensor::from_primitive::<Flex>(forward(&x, &gain, &bias, slope, shape))
        }
        (Some(Cpu::Tracked(x, x_node)), Some(Cpu::Tracked(gain, gain_node)), Some(Cpu::Tracked(bias, bias_node))) => {
            let out = forward(&x, &gain, &bias, slope, shape);
            let kept = || Modulate { x, gain, out: out.clone(), slope, shape };
            track([x_node, gain_node, bias_node], out.clone(), kept)
        }
        _ => {
            let places = [shape[0], shape[1], 1, 1];
            leaky_relu(x * gain.reshape(places) + bias.reshape(places), f64::from(slope))
        }
    }
}

fn forward(x: &FlexTensor, gain: &FlexTensor, bias: &FlexTensor, slope: f32, shape: [usize; 4]) -> FlexTensor {
    let pixels = shape[2] * shape[3];
    let (values, gains, biases) = (slice(x), slice(gain), slice(bias));
    let mut out = vec![0.0; values.len()];
    out.par_chunks_exact_mut(shape[1] * pixels).enumerate().for_each(|(channel, out)| {
        for (photo, out) in out.chunks_exact_mut(pixels).enumerate() {
            let row = channel * shape[1] + photo;
            let (gain, bias) = (gains[row], biases[row]);
            let leak = |v: f32| if v > 0.0 { v } else { v * slope };
            out.iter_mut().zip(&values[row * pixels..]).for_each(|(out, v)| *out = leak(v * gain + bias));
        }
    });
    flex::tensor(out, shape)
}

#[derive(Clone, Debug)]
struct Modulate {
    x: FlexTensor,
    gain: FlexTensor,
    /// Its sign says what was leaked.
    out: FlexTensor,
    slope: f32,
    shape: [usize; 4],
}

impl Gradient for Modulate {
    fn gradients(self, mut grad: FlexTensor, _: &[bool]) -> Vec<Option<FlexTensor>> {
        let Self { x, gain, out, slope, shape } = self;
        let pixels = shape[2] * shape[3];
        let (values, gains, out) = (slice(&x), slice(&gain), slice(&out));
        let photos = shape[1];
        let sums: Vec<(f32, f32)> = grad
            .storage_mut::<f32>()
            .par_chunks_exact_mut(photos * pixels)
            .enumerate()
            .flat_map_iter(|(channel, grad)| {
                let rows = grad.chunks_exact_mut(pixels).enumerate();
                let sums: Vec<(f32, f32)> = rows
                    .map(|(photo, grad)| {
                        let row = channel * photos + photo;
                        let (values, out) = (&values[row * pixels..][..pixels], &out[row * pixels..][..pixels]);
                        grad.iter_mut().zip(out).for_each(|(g, out)| *g *= if *out > 0.0 { 1.0 } else { slope });
                        let sums = (then::sum_of_products(values, grad, 0.0), then::sum(grad, |g| g));
                        grad.iter_mut().for_each(|g| *g *= gains[row]);
                        sums
                    })
                    .collect();
                sums
            })
            .collect();
        let (dgain, dbias): (Vec<f32>, Vec<f32>) = sums.into_iter().unzip();
        let [dgain, dbias] = [dgain, dbias].map(|values| flex::tensor(values, [shape[0], photos]));
        vec![Some(grad), Some(dgain), Some(dbias)]
    }
}
