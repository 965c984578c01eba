//! A convolution of each channel by itself, and its gradients.

use rayon::prelude::*;

use crate::{
    geometry::Geometry,
    plane::{LANES, Plane},
};

/// `[channels, photos, height', width']`
pub fn forward(x: &[f32], weight: &[f32], g: &Geometry) -> Vec<f32> {
    let taps = g.window.kernel * g.window.kernel;
    let mut out = vec![0.0; g.outputs * g.width()];
    let from = x.par_chunks_exact(g.photos * g.area_from());
    out.par_chunks_exact_mut(g.width()).zip(from).zip(weight.par_chunks_exact(taps)).for_each(|((out, x), weight)| {
        let mut plane = Plane::new(g);
        for (out, x) in out.chunks_exact_mut(g.area_to()).zip(x.chunks_exact(g.area_from())) {
            plane.read(x);
            plane.convolve(weight, out);
        }
    });
    out
}

/// Gradients of the input and of the weights: one pass finds both, so each is there even where nobody asks.
pub fn backward(x: &[f32], weight: &[f32], grad: &[f32], g: &Geometry, _: [bool; 2]) -> [Option<Vec<f32>>; 2] {
    let taps = g.window.kernel * g.window.kernel;
    let mut dx = vec![0.0; x.len()];
    let mut dw = vec![0.0; weight.len()];
    let channel = g.photos * g.area_from();
    let given = x.par_chunks_exact(channel).zip(grad.par_chunks_exact(g.width())).zip(weight.par_chunks_exact(taps));
    let found = dx.par_chunks_exact_mut(channel).zip(dw.par_chunks_exact_mut(taps));
    found.zip(given).for_each(|((dx, dw), ((x, grad), weight))| {
        let mut plane = Plane::new(g);
        let mut sums = vec![[0.0; LANES]; taps];
        let photos = dx.chunks_exact_mut(g.area_from()).zip(x.chunks_exact(g.area_from()));
        for ((dx, x), grad) in photos.zip(grad.chunks_exact(g.area_to())) {
            plane.read_gradient(grad);
            // What the last gradient left on the edge is not of this photo.
            plane.clear();
            plane.read(x);
            plane.add_to_weights(&mut sums);
            plane.clear();
            plane.convolve_back(weight);
            plane.write(dx);
        }
        for (dw, lanes) in dw.iter_mut().zip(sums) {
            *dw = lanes.iter().sum();
        }
    });
    [Some(dx), Some(dw)]
}
