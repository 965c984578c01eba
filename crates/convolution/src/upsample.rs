//! Nearest-neighbour upsampling by two and its gradient.

use burn::{backend::Flex, tensor::Tensor};
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::{
    flex::{self, Cpu, slice},
    operation::{Gradient, track},
};

/// Repeats each pixel twice along both axes.
///
/// # Shapes
/// - `x` `[channels, batch, height, width]`
/// - output `[channels, batch, 2 height, 2 width]`
pub fn upsample_nearest2x(x: Tensor<4>) -> Tensor<4> {
    let shape = x.dims();
    let [channels, batch, height, width] = shape;
    match flex::cpu(&x) {
        Some(Cpu::Plain(x)) => Tensor::from_primitive::<Flex>(forward(&x, shape)),
        Some(Cpu::Tracked(x, node)) => track([node], forward(&x, shape), || UpsampleGradient { input_shape: shape }),
        None => x
            .reshape([channels * batch, height, 1, width, 1])
            .expand([channels * batch, height, 2, width, 2])
            .reshape([channels, batch, 2 * height, 2 * width]),
    }
}

fn forward(x: &FlexTensor, shape: [usize; 4]) -> FlexTensor {
    let [channels, batch, height, width] = shape;
    let values = slice(x);
    let mut out = vec![0.0; 4 * values.len()];
    // Two output rows per input row.
    out.par_chunks_exact_mut(4 * width * height * batch).zip(values.par_chunks_exact(width * height * batch)).for_each(
        |(out, values)| {
            for (out, row) in out.chunks_exact_mut(4 * width).zip(values.chunks_exact(width)) {
                let (upper, lower) = out.split_at_mut(2 * width);
                for (pair, v) in upper.as_chunks_mut::<2>().0.iter_mut().zip(row) {
                    *pair = [*v; 2];
                }
                lower.copy_from_slice(upper);
            }
        },
    );
    flex::tensor(out, [channels, batch, 2 * height, 2 * width])
}

#[derive(Clone, Debug)]
struct UpsampleGradient {
    input_shape: [usize; 4],
}

impl Gradient for UpsampleGradient {
    fn gradients(self, grad: FlexTensor, _: &[bool]) -> Vec<Option<FlexTensor>> {
        let [_, batch, height, width] = self.input_shape;
        let grad = slice(&grad);
        let mut dx = vec![0.0; grad.len() / 4];
        dx.par_chunks_exact_mut(width * height * batch)
            .zip(grad.par_chunks_exact(4 * width * height * batch))
            .for_each(|(dx, grad)| {
                for (dx, grad) in dx.chunks_exact_mut(width).zip(grad.chunks_exact(4 * width)) {
                    let (upper, lower) = grad.split_at(2 * width);
                    let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
                    for (dx, (upper, lower)) in dx.iter_mut().zip(pairs) {
                        *dx = upper[0] + upper[1] + lower[0] + lower[1];
                    }
                }
            });
        vec![Some(flex::tensor(dx, self.input_shape))]
    }
}
