//! What follows a convolution whose normalisation is part of its weights: a bias, a shortcut, a cut.

use burn::{
    backend::{Flex, autodiff::ops::NodeGuard},
    tensor::Tensor,
};
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::{
    flex::{self, Cpu, slice},
    operation::{Gradient, track},
    then::{self, Then},
};

/// Adds a bias to each channel.
///
/// # Shapes
/// - `x` and output `[channels, photos, height, width]`
/// - `bias` `[channels]`
pub fn shift(x: Tensor<4>, bias: Tensor<1>, then: Then) -> Tensor<4> {
    let shape = x.dims();
    let cpu = (flex::cpu(&x), flex::cpu(&bias), then.beside.as_ref().map(flex::cpu));
    match cpu {
        (Some(Cpu::Plain(x)), Some(Cpu::Plain(bias)), None) => {
            Tensor::from_primitive::<Flex>(forward(x, &bias, None, then.most, shape))
        }
        (Some(Cpu::Plain(x)), Some(Cpu::Plain(bias)), Some(Some(Cpu::Plain(beside)))) => {
            Tensor::from_primitive::<Flex>(forward(x, &bias, Some(&beside), then.most, shape))
        }
        (Some(Cpu::Tracked(x, x_node)), Some(Cpu::Tracked(bias, bias_node)), None) => {
            tracked([x_node, bias_node], forward(x, &bias, None, then.most, shape), then.most, shape)
        }
        (
            Some(Cpu::Tracked(x, x_node)),
            Some(Cpu::Tracked(bias, bias_node)),
            Some(Some(Cpu::Tracked(beside, beside_node))),
        ) => {
            let out = forward(x, &bias, Some(&beside), then.most, shape);
            tracked([x_node, bias_node, beside_node], out, then.most, shape)
        }
        _ => then::by_burn(x + bias.reshape([shape[0], 1, 1, 1]), then),
    }
}

fn forward(
    x: FlexTensor,
    bias: &FlexTensor,
    beside: Option<&FlexTensor>,
    most: Option<f32>,
    shape: [usize; 4],
) -> FlexTensor {
    let pixels = shape[1] * shape[2] * shape[3];
    let (values, biases, beside) = (slice(&x), slice(bias), beside.map(slice));
    let mut out = vec![0.0; values.len()];
    out.par_chunks_exact_mut(pixels).enumerate().for_each(|(channel, out)| {
        let of = |values| slice_of(values, channel, pixels);
        then::affine(out, of(values), 1.0, biases[channel], beside.map(of), most);
    });
    flex::tensor(out, shape)
}

fn slice_of(values: &[f32], channel: usize, pixels: usize) -> &[f32] {
    &values[channel * pixels..][..pixels]
}

fn tracked<const N: usize>(nodes: [NodeGuard; N], out: FlexTensor, most: Option<f32>, shape: [usize; 4]) -> Tensor<4> {
    let kept = || Shift { cut: most.map(|most| (out.clone(), most)), shape };
    track(nodes, out.clone(), kept)
}

#[derive(Clone, Debug)]
struct Shift {
    /// The output and where it was cut.
    cut: Option<(FlexTensor, f32)>,
    shape: [usize; 4],
}

impl Gradient for Shift {
    fn gradients(self, mut grad: FlexTensor, _: &[bool]) -> Vec<Option<FlexTensor>> {
        let pixels = self.shape[1] * self.shape[2] * self.shape[3];
        if let Some((output, most)) = &self.cut {
            then::mask(&mut grad, output, *most, pixels);
        }
        let sums: Vec<f32> = slice(&grad).par_chunks_exact(pixels).map(|row| then::sum(row, |g| g)).collect();
        let sums = flex::tensor(sums, [self.shape[0]]);
        vec![Some(grad.clone()), Some(sums), Some(grad)]
    }
}
