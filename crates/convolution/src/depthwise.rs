//! A depthwise convolution and its gradients: no im2col, as a matrix product of one row would be bound by memory.

use rayon::prelude::*;

use crate::{
    plane::{LANES, Plane},
    shape::ConvShape,
};

/// `[channels, batch, height', width']`
pub fn forward(x: &[f32], weight: &[f32], g: &ConvShape) -> Vec<f32> {
    let taps = g.window.kernel * g.window.kernel;
    let mut out = vec![0.0; g.outputs * g.columns()];
    let inputs = x.par_chunks_exact(g.batch * g.input_area());
    out.par_chunks_exact_mut(g.columns()).zip(inputs).zip(weight.par_chunks_exact(taps)).for_each(
        |((out, x), weight)| {
            let mut plane = Plane::new(g);
            for (out, x) in out.chunks_exact_mut(g.output_area()).zip(x.chunks_exact(g.input_area())) {
                plane.load(x);
                plane.convolve(weight, out);
            }
        },
    );
    out
}

/// Gradients of input and weight. One pass computes both, so both are returned even where one is not wanted.
pub fn backward(x: &[f32], weight: &[f32], grad: &[f32], g: &ConvShape, _: [bool; 2]) -> [Option<Vec<f32>>; 2] {
    let taps = g.window.kernel * g.window.kernel;
    let mut dx = vec![0.0; x.len()];
    let mut dw = vec![0.0; weight.len()];
    let channel = g.batch * g.input_area();
    let sources =
        x.par_chunks_exact(channel).zip(grad.par_chunks_exact(g.columns())).zip(weight.par_chunks_exact(taps));
    let gradients = dx.par_chunks_exact_mut(channel).zip(dw.par_chunks_exact_mut(taps));
    gradients.zip(sources).for_each(|((dx, dw), ((x, grad), weight))| {
        let mut plane = Plane::new(g);
        let mut sums = vec![[0.0; LANES]; taps];
        let images = dx.chunks_exact_mut(g.input_area()).zip(x.chunks_exact(g.input_area()));
        for ((dx, x), grad) in images.zip(grad.chunks_exact(g.output_area())) {
            plane.load_gradient(grad);
            // The previous image's input gradient reached into the padding.
            plane.clear();
            plane.load(x);
            plane.accumulate_weight_gradient(&mut sums);
            plane.clear();
            plane.accumulate_input_gradient(weight);
            plane.store(dx);
        }
        for (dw, lanes) in dw.iter_mut().zip(sums) {
            *dw = lanes.iter().sum();
        }
    });
    [Some(dx), Some(dw)]
}
