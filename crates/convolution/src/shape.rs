//! The shape of a convolution: window, channels, batch, input and output size.

use std::ops::Range;

use burn::tensor::Tensor;

/// Output columns (pixels of the batch) that one task computes, roughly.
const COLUMNS_PER_CHUNK: usize = 1568;
/// Upper bound on the images of a chunk.
const MAX_IMAGES_PER_CHUNK: usize = 8;

/// Kernel size, stride and zero padding of a convolution, equal along both axes. Dilation is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Kernel size, pixels.
    pub kernel: usize,
    /// Stride, pixels.
    pub stride: usize,
    /// Zero padding above and to the left.
    pub pad_before: usize,
    /// Zero padding below and to the right.
    pub pad_after: usize,
}

/// Shape of one convolution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConvShape {
    pub window: Window,
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
    pub batch: usize,
    /// Height, width.
    pub input_size: [usize; 2],
    /// Height, width.
    pub output_size: [usize; 2],
}

impl Window {
    /// A window with the same padding on every side.
    pub fn symmetric(kernel: usize, stride: usize, padding: usize) -> Self {
        Self { kernel, stride, pad_before: padding, pad_after: padding }
    }

    /// Output size along an axis of `size` pixels.
    pub fn output_size(&self, size: usize) -> usize {
        (size + self.pad_before + self.pad_after - self.kernel) / self.stride + 1
    }

    /// Applies asymmetric padding to `x`: burn's convolution only takes the symmetric kind.
    pub(crate) fn pad(&self, x: Tensor<4>) -> Tensor<4> {
        if self.pad_before == self.pad_after {
            return x;
        }
        x.pad((self.pad_before, self.pad_after, self.pad_before, self.pad_after), 0.0f32)
    }

    /// Padding that burn's convolution still has to apply after [`Window::pad`].
    pub(crate) fn symmetric_padding(&self) -> usize {
        if self.pad_before == self.pad_after { self.pad_before } else { 0 }
    }
}

impl ConvShape {
    /// `x` is `[inputs, batch, height, width]`.
    pub fn new(x: [usize; 4], outputs: usize, window: Window) -> Self {
        let [inputs, batch, height, width] = x;
        let output_size = [window.output_size(height), window.output_size(width)];
        Self { window, inputs, outputs, batch, input_size: [height, width], output_size }
    }

    /// Pixels of an input channel of one image.
    pub fn input_area(&self) -> usize {
        self.input_size[0] * self.input_size[1]
    }

    /// Pixels of an output channel of one image.
    pub fn output_area(&self) -> usize {
        self.output_size[0] * self.output_size[1]
    }

    /// Rows of the im2col matrix: kernel pixels times input channels.
    pub fn taps(&self) -> usize {
        self.inputs * self.window.kernel * self.window.kernel
    }

    /// Columns of the im2col matrix: pixels of one output channel over the batch.
    pub fn columns(&self) -> usize {
        self.batch * self.output_area()
    }

    /// Does the output have the input's size at stride 1? The input's gradient is then a convolution as well.
    pub fn preserves_size(&self) -> bool {
        self.window.stride == 1 && self.input_size == self.output_size
    }

    /// The convolution from the output's gradient to the input's, where [`ConvShape::preserves_size`].
    pub fn input_gradient(&self) -> Self {
        let Window { kernel, stride, pad_before, pad_after } = self.window;
        let window = Window { kernel, stride, pad_before: kernel - 1 - pad_before, pad_after: kernel - 1 - pad_after };
        Self {
            window,
            inputs: self.outputs,
            outputs: self.inputs,
            batch: self.batch,
            input_size: self.output_size,
            output_size: self.input_size,
        }
    }

    /// Ranges of columns, each of whole images, that one task computes. They do not depend on the number of threads.
    pub fn chunks(&self) -> Vec<Range<usize>> {
        let images = (COLUMNS_PER_CHUNK / self.output_area()).clamp(1, MAX_IMAGES_PER_CHUNK);
        (0..self.batch)
            .step_by(images)
            .map(|first| first * self.output_area()..(first + images).min(self.batch) * self.output_area())
            .collect()
    }
}
