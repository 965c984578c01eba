//! Feature maps: input and output of convolutions.

use windowshop_kernels::padded;

/// A square feature map, `[side * side, padded(channels)]`. In this layout a 1 × 1 convolution is a linear layer.
pub struct Pixels {
    /// Width and height.
    pub side: usize,
    /// Channels of a pixel.
    pub channels: usize,
    /// Values, row by row.
    pub values: Vec<f32>,
}

impl Pixels {
    /// From `[channels, side, side]`.
    pub fn from_planes(planes: &[f32], side: usize, channels: usize) -> Self {
        let stride = padded(channels);
        let mut values = vec![0.0; side * side * stride];
        for (channel, plane) in planes.chunks_exact(side * side).enumerate() {
            plane.iter().enumerate().for_each(|(pixel, value)| values[pixel * stride + channel] = *value);
        }
        Self { side, channels, values }
    }

    /// Global average pooling, `[channels]`.
    pub fn pooled(&self) -> Vec<f32> {
        let mut mean = vec![0.0; self.channels];
        for pixel in self.values.chunks_exact(padded(self.channels)) {
            mean.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value);
        }
        let count = (self.side * self.side) as f32;
        mean.iter_mut().for_each(|value| *value /= count);
        mean
    }

    /// Nearest-neighbour upsampling to twice the side.
    pub fn upsample_nearest2x(&self) -> Self {
        let (side, stride) = (2 * self.side, padded(self.channels));
        let mut values = Vec::with_capacity(4 * self.values.len());
        for at in 0..side * side {
            let pixel = at / side / 2 * self.side + at % side / 2;
            values.extend_from_slice(&self.values[pixel * stride..][..stride]);
        }
        Self { side, channels: self.channels, values }
    }

    pub fn add(&mut self, other: &Self) {
        self.values.iter_mut().zip(&other.values).for_each(|(a, b)| *a += b);
    }

    pub fn clamp(&mut self, high: f32) {
        self.values.iter_mut().for_each(|value| *value = value.clamp(0.0, high));
    }
}
