//! 2-D convolutions: by this crate's loops on the flex device, by burn's operation elsewhere.

use burn::{
    backend::Flex,
    tensor::{Tensor, module, ops::ConvOptions},
};
use burn_flex::FlexTensor;

use crate::{
    dense, depthwise,
    flex::{self, Cpu, slice},
    operation::{Gradient, track},
    shape::{ConvShape, Window},
};

/// `(x, weight, shape)` to the output.
type Forward = fn(&[f32], &[f32], &ConvShape) -> Vec<f32>;
/// `(x, weight, output gradient, shape, wanted)` to the gradients of input and weight, each if it is wanted.
type Backward = fn(&[f32], &[f32], &[f32], &ConvShape, [bool; 2]) -> [Option<Vec<f32>>; 2];

/// The loops of a kind of convolution.
#[derive(Clone, Copy, Debug)]
struct Loops {
    forward: Forward,
    backward: Backward,
}

/// A convolution over all channels.
///
/// # Shapes
/// - `x` `[inputs, batch, height, width]`
/// - `weight` `[outputs, inputs, kernel, kernel]`
/// - output `[outputs, batch, height', width']`
pub fn conv2d(x: Tensor<4>, weight: Tensor<4>, window: Window) -> Tensor<4> {
    run(Loops { forward: dense::forward, backward: dense::backward }, x, weight, window, 1)
}

/// A convolution of each channel on its own.
///
/// # Shapes
/// - `x` `[channels, batch, height, width]`
/// - `weight` `[channels, 1, kernel, kernel]`
/// - output `[channels, batch, height', width']`
pub fn depthwise_conv2d(x: Tensor<4>, weight: Tensor<4>, window: Window) -> Tensor<4> {
    let channels = x.dims()[0];
    run(Loops { forward: depthwise::forward, backward: depthwise::backward }, x, weight, window, channels)
}

fn run(loops: Loops, x: Tensor<4>, weight: Tensor<4>, window: Window, groups: usize) -> Tensor<4> {
    let weight_shape = weight.dims();
    let g = ConvShape::new(x.dims(), weight_shape[0], window);
    let out = |x: &FlexTensor, weight: &FlexTensor| {
        let values = (loops.forward)(slice(x), slice(weight), &g);
        flex::tensor(values, [g.outputs, g.batch, g.output_size[0], g.output_size[1]])
    };
    match (flex::cpu(&x), flex::cpu(&weight)) {
        (Some(Cpu::Plain(x)), Some(Cpu::Plain(weight))) => Tensor::from_primitive::<Flex>(out(&x, &weight)),
        (Some(Cpu::Tracked(x, x_node)), Some(Cpu::Tracked(weight, weight_node))) => {
            let out = out(&x, &weight);
            track([x_node, weight_node], out, || Conv2dGradient { loops, x, weight, weight_shape, g })
        }
        _ => {
            let options = ConvOptions::new([window.stride; 2], [window.symmetric_padding(); 2], [1, 1], groups);
            module::conv2d(window.pad(x.swap_dims(0, 1)), weight, None, options).swap_dims(0, 1)
        }
    }
}

#[derive(Clone, Debug)]
struct Conv2dGradient {
    loops: Loops,
    x: FlexTensor,
    weight: FlexTensor,
    weight_shape: [usize; 4],
    g: ConvShape,
}

impl Gradient for Conv2dGradient {
    fn gradients(self, grad: FlexTensor, wanted: &[bool]) -> Vec<Option<FlexTensor>> {
        let Self { loops, x, weight, weight_shape, g } = self;
        let [dx, dw] = (loops.backward)(slice(&x), slice(&weight), slice(&grad), &g, [wanted[0], wanted[1]]);
        let input_shape = [g.inputs, g.batch, g.input_size[0], g.input_size[1]];
        vec![dx.map(|dx| flex::tensor(dx, input_shape)), dw.map(|dw| flex::tensor(dw, weight_shape))]
    }
}
