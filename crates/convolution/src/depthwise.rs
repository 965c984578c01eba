//! A convolution of each channel by itself, and its gradients.

use burn::{
    backend::{
        Autodiff, Flex,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::NoCheckpointing},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
    },
    tensor::{Tensor, module::conv2d, ops::ConvOptions},
};
use burn_flex::FlexTensor;
use rayon::prelude::*;

use crate::{
    flex::{self, Cpu, slice},
    geometry::{Geometry, Window},
    plane::{LANES, Plane},
};

/// # Shapes
/// - `x` `[channels, photos, height, width]`
/// - `weight` `[channels, 1, kernel, kernel]`
/// - output `[channels, photos, height', width']`
pub fn convolve_channels(x: Tensor<4>, weight: Tensor<4>, window: Window) -> Tensor<4> {
    let g = Geometry::new(x.dims(), x.dims()[0], window);
    match (flex::cpu(&x), flex::cpu(&weight)) {
        (Some(Cpu::Plain(x)), Some(Cpu::Plain(weight))) => {
            Tensor::from_primitive::<Flex>(output(forward(slice(&x), slice(&weight), &g), &g))
        }
        (Some(Cpu::Tracked(x, x_node)), Some(Cpu::Tracked(weight, weight_node))) => {
            let out = output(forward(slice(&x), slice(&weight), &g), &g);
            let nodes = [x_node, weight_node];
            let tracked = match ConvolveChannels.prepare::<NoCheckpointing>(nodes).compute_bound().stateful() {
                OpsKind::Tracked(prep) => prep.finish((x, weight, g), out),
                OpsKind::UnTracked(prep) => prep.finish(out),
            };
            Tensor::from_primitive::<Autodiff<Flex>>(tracked)
        }
        _ => {
            let options = ConvOptions::new([window.stride; 2], [window.edge(); 2], [1, 1], g.inputs);
            conv2d(window.pad(x.swap_dims(0, 1)), weight, None, options).swap_dims(0, 1)
        }
    }
}

fn output(values: Vec<f32>, g: &Geometry) -> FlexTensor {
    flex::tensor(values, [g.outputs, g.photos, g.to[0], g.to[1]])
}

#[derive(Debug)]
struct ConvolveChannels;

impl Backward<Flex, 2> for ConvolveChannels {
    type State = (FlexTensor, FlexTensor, Geometry);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (x, weight, g) = ops.state;
        let grad = flex::contiguous(grads.consume::<Flex>(&ops.node));
        let (dx, dw) = backward(slice(&x), slice(&weight), slice(&grad), &g);
        let [x_node, weight_node] = ops.parents;
        if let Some(node) = x_node {
            grads.register::<Flex>(node.id, flex::tensor(dx, [g.inputs, g.photos, g.from[0], g.from[1]]));
        }
        if let Some(node) = weight_node {
            let kernel = g.window.kernel;
            grads.register::<Flex>(node.id, flex::tensor(dw, [g.inputs, 1, kernel, kernel]));
        }
    }
}

fn forward(x: &[f32], weight: &[f32], g: &Geometry) -> Vec<f32> {
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

/// Gradients of the input and of the weights.
fn backward(x: &[f32], weight: &[f32], grad: &[f32], g: &Geometry) -> (Vec<f32>, Vec<f32>) {
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
    (dx, dw)
}
