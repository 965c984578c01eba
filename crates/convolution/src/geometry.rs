//! What a convolution looks at.

use std::ops::Range;

use burn::tensor::Tensor;

/// Columns that one thread computes at a time, about.
const PART: usize = 1568;
/// Most photos among them.
const PHOTOS: usize = 8;

/// The window that a convolution slides over a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Side of the window.
    pub kernel: usize,
    /// Pixels between two windows.
    pub stride: usize,
    /// Zeros above and left of the photo.
    pub before: usize,
    /// Zeros below and right of it.
    pub after: usize,
}

/// Shapes of one convolution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Geometry {
    pub window: Window,
    pub inputs: usize,
    pub outputs: usize,
    pub photos: usize,
    /// Height, width.
    pub from: [usize; 2],
    pub to: [usize; 2],
}

impl Window {
    /// The same number of zeros on every side.
    pub fn centred(kernel: usize, stride: usize, edge: usize) -> Self {
        Self { kernel, stride, before: edge, after: edge }
    }

    /// Windows along a side.
    pub fn count(&self, side: usize) -> usize {
        (side + self.before + self.after - self.kernel) / self.stride + 1
    }

    /// The zeros around the photos, where burn's convolution can only add the same on every side.
    pub(crate) fn pad(&self, x: Tensor<4>) -> Tensor<4> {
        if self.before == self.after {
            return x;
        }
        x.pad((self.before, self.after, self.before, self.after), 0.0f32)
    }

    /// What is left for burn's convolution after [`Window::pad`].
    pub(crate) fn edge(&self) -> usize {
        if self.before == self.after { self.before } else { 0 }
    }
}

impl Geometry {
    pub fn new(x: [usize; 4], outputs: usize, window: Window) -> Self {
        let [inputs, photos, height, width] = x;
        let to = [window.count(height), window.count(width)];
        Self { window, inputs, outputs, photos, from: [height, width], to }
    }

    pub fn area_from(&self) -> usize {
        self.from[0] * self.from[1]
    }

    pub fn area_to(&self) -> usize {
        self.to[0] * self.to[1]
    }

    /// Pixels of a window over all channels.
    pub fn taps(&self) -> usize {
        self.inputs * self.window.kernel * self.window.kernel
    }

    /// Pixels of one channel of the output.
    pub fn width(&self) -> usize {
        self.photos * self.area_to()
    }

    /// Whether a window's place is that of its middle pixel: what is learned from the output is then a convolution, too.
    pub fn keeps_places(&self) -> bool {
        self.window.stride == 1 && self.from == self.to
    }

    /// The convolution from the gradient of the output to that of the input, where places are kept.
    pub fn back(&self) -> Self {
        let Window { kernel, stride, before, after } = self.window;
        let window = Window { kernel, stride, before: kernel - 1 - before, after: kernel - 1 - after };
        Self { window, inputs: self.outputs, outputs: self.inputs, photos: self.photos, from: self.to, to: self.from }
    }

    /// Columns of the photos that are computed together: the same parts whatever the number of threads.
    pub fn parts(&self) -> Vec<Range<usize>> {
        let photos = (PART / self.area_to()).clamp(1, PHOTOS);
        (0..self.photos)
            .step_by(photos)
            .map(|first| first * self.area_to()..(first + photos).min(self.photos) * self.area_to())
            .collect()
    }
}
