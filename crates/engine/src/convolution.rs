//! Convolutions: dense ones by im2col and a linear layer, and depthwise ones.

use windowshop_kernels::{Dense, depthwise, padded};

use crate::{error::EngineError, pixels::Pixels, weights::Weights};

/// Rows and columns of zero padding before and after the pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edges {
    before: usize,
    after: usize,
}

/// Zero padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// This many rows and columns on both sides.
    Symmetric(usize),
    /// TensorFlow's "same": output side = input side / stride, rounded up; an odd row or column goes after the pixels.
    Same,
}

impl Padding {
    fn edges(self, side: usize, kernel: usize, stride: usize) -> Edges {
        match self {
            Padding::Symmetric(edge) => Edges { before: edge, after: edge },
            Padding::Same => {
                let all = ((side.div_ceil(stride) - 1) * stride + kernel).saturating_sub(side);
                Edges { before: all / 2, after: all - all / 2 }
            }
        }
    }
}

/// Kernel size, stride and padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Side of the kernel, in pixels.
    pub kernel: usize,
    /// Stride, in pixels.
    pub stride: usize,
    /// Zero padding.
    pub padding: Padding,
}

impl Window {
    fn edges(&self, side: usize) -> Edges {
        self.padding.edges(side, self.kernel, self.stride)
    }

    /// Side of the output.
    fn count(&self, side: usize) -> usize {
        let Edges { before, after } = self.edges(side);
        (side + before + after).saturating_sub(self.kernel) / self.stride + 1
    }

    /// Kernel tap and input pixel of each pixel in the window at `(row, column)`, without those in the padding.
    fn pixels(&self, side: usize, row: usize, column: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let before = self.edges(side).before;
        let coordinate =
            move |at: usize, tap: usize| (at * self.stride + tap).checked_sub(before).filter(|p| *p < side);
        (0..self.kernel * self.kernel).filter_map(move |tap| {
            let y = coordinate(row, tap / self.kernel)?;
            let x = coordinate(column, tap % self.kernel)?;
            Some((tap, y * side + x))
        })
    }
}

/// A dense convolution.
pub struct Conv {
    layer: Dense,
    window: Window,
    inputs: usize,
}

impl Conv {
    /// From a kernel `[outputs, inputs, kernel, kernel]` and an optional bias `[outputs]`.
    pub fn new(kernel: &[f32], shape: &[usize], bias: Option<&[f32]>, window: Window) -> Self {
        let (outputs, inputs, taps) = (shape[0], shape[1], shape[2] * shape[3]);
        let mut weight = vec![0.0; kernel.len()];
        for (at, value) in kernel.iter().enumerate() {
            let (output, input, tap) = (at / (inputs * taps), at / taps % inputs, at % taps);
            weight[(tap * inputs + input) * outputs + output] = *value;
        }
        Self { layer: Dense::new(&weight, bias, taps * inputs, outputs), window, inputs }
    }

    /// Loads `name.weight` and, if it exists, `name.bias`.
    pub fn load(all: &Weights<'_>, name: &str, stride: usize, padding: Padding) -> Result<Self, EngineError> {
        let (shape, kernel) = all.tensor(&format!("{name}.weight"), 4)?;
        all.expect(&[(name, shape[2], shape[3])])?;
        Ok(Self::new(kernel, shape, all.bias(name, shape[0])?, Window { kernel: shape[2], stride, padding }))
    }

    /// Side of the kernel, in pixels.
    pub fn kernel(&self) -> usize {
        self.window.kernel
    }

    /// Input channels.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Output channels.
    pub fn outputs(&self) -> usize {
        self.layer.outputs()
    }

    pub fn forward(&self, x: &Pixels, relu: bool) -> Pixels {
        let mut values = Vec::new();
        let side = self.window.count(x.side);
        if self.window.kernel == 1 && self.window.stride == 1 {
            self.layer.forward(&x.values, relu, &mut values);
        } else {
            self.layer.forward(&self.im2col(x, side), relu, &mut values);
        }
        Pixels { side, channels: self.outputs(), values }
    }

    /// Input patches, `[side * side, padded(taps * inputs)]`.
    fn im2col(&self, x: &Pixels, side: usize) -> Vec<f32> {
        let (stride, channels) = (padded(self.layer.inputs()), self.inputs);
        let mut rows = vec![0.0; side * side * stride];
        for (at, row) in rows.chunks_exact_mut(stride).enumerate() {
            for (tap, pixel) in self.window.pixels(x.side, at / side, at % side) {
                row[tap * channels..][..channels].copy_from_slice(&x.values[pixel * padded(channels)..][..channels]);
            }
        }
        rows
    }
}

/// A depthwise convolution.
pub struct Depthwise {
    weight: Vec<f32>, // [taps, padded(channels)]
    bias: Vec<f32>,   // padded(channels)
    window: Window,
    channels: usize,
}

impl Depthwise {
    /// Loads `name.weight`, `[channels, 1, kernel, kernel]`, and `name.bias`.
    pub fn load(all: &Weights<'_>, name: &str, stride: usize, padding: Padding) -> Result<Self, EngineError> {
        let (shape, kernel) = all.tensor(&format!("{name}.weight"), 4)?;
        let (_, bias) = all.tensor(&format!("{name}.bias"), 1)?;
        let (channels, taps) = (shape[0], shape[2] * shape[3]);
        all.expect(&[(name, shape[2], shape[3]), (name, shape[1], 1), (name, bias.len(), channels)])?;
        let mut weight = vec![0.0; taps * padded(channels)];
        for (at, value) in kernel.iter().enumerate() {
            weight[at % taps * padded(channels) + at / taps] = *value;
        }
        let mut padded_bias = bias.to_vec();
        padded_bias.resize(padded(channels), 0.0);
        Ok(Self { weight, bias: padded_bias, window: Window { kernel: shape[2], stride, padding }, channels })
    }

    /// Input and output channels.
    pub fn channels(&self) -> usize {
        self.channels
    }

    pub fn forward(&self, x: &Pixels) -> Pixels {
        let (side, stride) = (self.window.count(x.side), padded(self.channels));
        let mut values = Vec::with_capacity(side * side * stride);
        for at in 0..side * side {
            values.extend_from_slice(&self.bias);
            let out = &mut values[at * stride..];
            for (tap, pixel) in self.window.pixels(x.side, at / side, at % side) {
                depthwise::accumulate(
                    out,
                    &x.values[pixel * stride..][..stride],
                    &self.weight[tap * stride..][..stride],
                );
            }
        }
        Pixels { side, channels: self.channels, values }
    }
}
