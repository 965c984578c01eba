//! Photos at twice their side, each pixel four times.

use burn::{backend::Flex, tensor::Tensor};
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::{
    flex::{self, Cpu, slice},
    operation::{Gradient, track},
};

/// # Shapes
/// - `x` `[channels, photos, height, width]`
/// - output `[channels, photos, 2 height, 2 width]`
pub fn double(x: Tensor<4>) -> Tensor<4> {
    let shape = x.dims();
    let [channels, photos, height, width] = shape;
    match flex::cpu(&x) {
        Some(Cpu::Plain(x)) => Tensor::from_primitive::<Flex>(forward(&x, shape)),
        Some(Cpu::Tracked(x, node)) => track([node], forward(&x, shape), || Double { shape }),
        None => x
            .reshape([channels * photos, height, 1, width, 1])
            .expand([channels * photos, height, 2, width, 2])
            .reshape([channels, photos, 2 * height, 2 * width]),
    }
}

fn forward(x: &FlexTensor, shape: [usize; 4]) -> FlexTensor {
    let [channels, photos, height, width] = shape;
    let values = slice(x);
    let mut out = vec![0.0; 4 * values.len()];
    // Two rows of the output are one of the input.
    out.par_chunks_exact_mut(4 * width * height * photos)
        .zip(values.par_chunks_exact(width * height * photos))
        .for_each(|(out, values)| {
            for (out, row) in out.chunks_exact_mut(4 * width).zip(values.chunks_exact(width)) {
                let (above, below) = out.split_at_mut(2 * width);
                for (pair, v) in above.as_chunks_mut::<2>().0.iter_mut().zip(row) {
                    *pair = [*v; 2];
                }
                below.copy_from_slice(above);
            }
        });
    flex::tensor(out, [channels, photos, 2 * height, 2 * width])
}

#[derive(Clone, Debug)]
struct Double {
    /// Of the input.
    shape: [usize; 4],
}

impl Gradient for Double {
    fn gradients(self, grad: FlexTensor, _: &[bool]) -> Vec<Option<FlexTensor>> {
        let [_, photos, height, width] = self.shape;
        let grad = slice(&grad);
        let mut dx = vec![0.0; grad.len() / 4];
        dx.par_chunks_exact_mut(width * height * photos)
            .zip(grad.par_chunks_exact(4 * width * height * photos))
            .for_each(|(dx, grad)| {
                for (dx, grad) in dx.chunks_exact_mut(width).zip(grad.chunks_exact(4 * width)) {
                    let (above, below) = grad.split_at(2 * width);
                    let pairs = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
                    for (dx, (above, below)) in dx.iter_mut().zip(pairs) {
                        *dx = above[0] + above[1] + below[0] + below[1];
                    }
                }
            });
        vec![Some(flex::tensor(dx, self.shape))]
    }
}
