//! Convolutions on any device: by this crate's loops on the CPU, by burn's operation elsewhere.

use burn::{
    backend::Flex,
    tensor::{Tensor, module::conv2d, ops::ConvOptions},
};
use burn_flex::FlexTensor;

use crate::{
    dense, depthwise,
    flex::{self, Cpu, slice},
    geometry::{Geometry, Window},
    operation::{Gradient, track},
};

/// Of `x`, `weight`.
type Forward = fn(&[f32], &[f32], &Geometry) -> Vec<f32>;
/// Of `x`, `weight`, the gradient of the output: those of the input and of the weights, each if it is wanted.
type Backward = fn(&[f32], &[f32], &[f32], &Geometry, [bool; 2]) -> [Option<Vec<f32>>; 2];

/// Loops that compute a convolution.
#[derive(Clone, Copy, Debug)]
struct Loops {
    forward: Forward,
    backward: Backward,
}

/// # Shapes
/// - `x` `[inputs, photos, height, width]`
/// - `weight` `[outputs, inputs, kernel, kernel]`
/// - output `[outputs, photos, height', width']`
pub fn convolve(x: Tensor<4>, weight: Tensor<4>, window: Window) -> Tensor<4> {
    run(Loops { forward: dense::forward, backward: dense::backward }, x, weight, window, 1)
}

/// Each channel by itself.
///
/// # Shapes
/// - `x` `[channels, photos, height, width]`
/// - `weight` `[channels, 1, kernel, kernel]`
/// - output `[channels, photos, height', width']`
pub fn convolve_channels(x: Tensor<4>, weight: Tensor<4>, window: Window) -> Tensor<4> {
    let channels = x.dims()[0];
    run(Loops { forward: depthwise::forward, backward: depthwise::backward }, x, weight, window, channels)
}

fn run(loops: Loops, x: Tensor<4>, weight: Tensor<4>, window: Window, groups: usize) -> Tensor<4> {
    let weights = weight.dims();
    let g = Geometry::new(x.dims(), weights[0], window);
    let out = |x: &FlexTensor, weight: &FlexTensor| {
        let values = (loops.forward)(slice(x), slice(weight), &g);
        flex::tensor(values, [g.outputs, g.photos, g.to[0], g.to[1]])
    };
    match (flex::cpu(&x), flex::cpu(&weight)) {
        (Some(Cpu::Plain(x)), Some(Cpu::Plain(weight))) => Tensor::from_primitive::<Flex>(out(&x, &weight)),
        (Some(Cpu::Tracked(x, x_node)), Some(Cpu::Tracked(weight, weight_node))) => {
            let out = out(&x, &weight);
            track([x_node, weight_node], out, || Convolution { loops, x, weight, weights, g })
        }
        _ => {
            let options = ConvOptions::new([window.stride; 2], [window.edge(); 2], [1, 1], groups);
            conv2d(window.pad(x.swap_dims(0, 1)), weight, None, options).swap_dims(0, 1)
        }
    }
}

#[derive(Clone, Debug)]
struct Convolution {
    loops: Loops,
    x: FlexTensor,
    weight: FlexTensor,
    /// Shape of the weights.
    weights: [usize; 4],
    g: Geometry,
}

impl Gradient for Convolution {
    fn gradients(self, grad: FlexTensor, wanted: &[bool]) -> Vec<Option<FlexTensor>> {
        let Self { loops, x, weight, weights, g } = self;
        let [dx, dw] = (loops.backward)(slice(&x), slice(&weight), slice(&grad), &g, [wanted[0], wanted[1]]);
        let from = [g.inputs, g.photos, g.from[0], g.from[1]];
        vec![dx.map(|dx| flex::tensor(dx, from)), dw.map(|dw| flex::tensor(dw, weights))]
    }
}
