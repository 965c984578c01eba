//! One channel of one photo with its edge of zeros, its columns sorted by their remainder under the stride: whatever the
//! stride, the pixels under neighbouring windows' same tap are neighbours, and are computed by vector instructions.

use crate::{geometry::Geometry, tile::Tiles};

/// Pixels of a vector.
pub const LANES: usize = 8;

/// See the module's text.
pub struct Plane<'a> {
    g: &'a Geometry,
    tiles: Tiles,
    /// `[stride, height, row]`
    pixels: Vec<f32>,
    /// Rows with the edge.
    height: usize,
    /// Columns of one remainder, with room for the last vector.
    row: usize,
    /// `[height', row']`, rows as long as whole vectors.
    gradient: Vec<f32>,
    /// Length of a row of the gradient.
    wide: usize,
}

/// What the loops need of a plane.
#[derive(Clone, Copy)]
struct Shape {
    kernel: usize,
    stride: usize,
    height: usize,
    row: usize,
    wide: usize,
    to: [usize; 2],
}

impl<'a> Plane<'a> {
    pub fn new(g: &'a Geometry) -> Self {
        let stride = g.window.stride;
        let wide = g.to[1].next_multiple_of(LANES);
        let height = (g.to[0] - 1) * stride + g.window.kernel;
        let height = height.max(g.from[0] + g.window.before);
        let columns = (g.from[1] + g.window.before).div_ceil(stride);
        let row = columns.max(wide + (g.window.kernel - 1) / stride + 1);
        let tiles = Tiles::detect();
        let pixels = vec![0.0; stride * height * row];
        Self { g, tiles, pixels, height, row, gradient: vec![0.0; g.to[0] * wide], wide }
    }

    fn shape(&self) -> Shape {
        let Geometry { window, to, .. } = *self.g;
        Shape { kernel: window.kernel, stride: window.stride, height: self.height, row: self.row, wide: self.wide, to }
    }

    /// Where a pixel lies.
    fn place(&self, y: usize, x: usize) -> usize {
        let (stride, before) = (self.g.window.stride, self.g.window.before);
        let x = x + before;
        (x % stride * self.height + y + before) * self.row + x / stride
    }

    /// Reads a photo's channel; the edge is left as it is, which is zero.
    pub fn read(&mut self, x: &[f32]) {
        // What a gradient left on the edge is not of this photo.
        self.clear();
        for (y, line) in x.chunks_exact(self.g.from[1]).enumerate() {
            if self.g.window.stride == 1 {
                let at = self.place(y, 0);
                self.pixels[at..at + line.len()].copy_from_slice(line);
                continue;
            }
            for (x, value) in line.iter().enumerate() {
                let at = self.place(y, x);
                self.pixels[at] = *value;
            }
        }
    }

    /// Writes a photo's channel; what lies on the edge is dropped.
    pub fn write(&self, x: &mut [f32]) {
        for (y, line) in x.chunks_exact_mut(self.g.from[1]).enumerate() {
            for (x, value) in line.iter_mut().enumerate() {
                *value = self.pixels[self.place(y, x)];
            }
        }
    }

    pub fn read_gradient(&mut self, grad: &[f32]) {
        for (to, from) in self.gradient.chunks_exact_mut(self.wide).zip(grad.chunks_exact(self.g.to[1])) {
            to[..from.len()].copy_from_slice(from);
        }
    }

    pub fn clear(&mut self) {
        self.pixels.fill(0.0);
    }

    /// `out` `[height', width']`
    pub fn convolve(&self, weight: &[f32], out: &mut [f32]) {
        #[cfg(target_arch = "x86_64")]
        if self.tiles.fused() {
            // SAFETY: the processor was asked.
            return unsafe { fused::convolve(self.shape(), &self.pixels, weight, out) };
        }
        convolve::<false>(self.shape(), &self.pixels, weight, out);
    }

    /// Adds each gradient times each weight to the pixel that they came from.
    pub fn convolve_back(&mut self, weight: &[f32]) {
        let shape = self.shape();
        #[cfg(target_arch = "x86_64")]
        if self.tiles.fused() {
            // SAFETY: the processor was asked.
            return unsafe { fused::convolve_back(shape, &self.gradient, weight, &mut self.pixels) };
        }
        convolve_back::<false>(shape, &self.gradient, weight, &mut self.pixels);
    }

    /// Adds the products of gradients and pixels to the sums of each tap.
    pub fn add_to_weights(&self, sums: &mut [[f32; LANES]]) {
        #[cfg(target_arch = "x86_64")]
        if self.tiles.fused() {
            // SAFETY: the processor was asked.
            return unsafe { fused::add_to_weights(self.shape(), &self.pixels, &self.gradient, sums) };
        }
        add_to_weights::<false>(self.shape(), &self.pixels, &self.gradient, sums);
    }
}

#[cfg(target_arch = "x86_64")]
mod fused {
    use super::{LANES, Shape};

    #[target_feature(enable = "avx2,fma")]
    pub fn convolve(shape: Shape, pixels: &[f32], weight: &[f32], out: &mut [f32]) {
        super::convolve::<true>(shape, pixels, weight, out);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn convolve_back(shape: Shape, gradient: &[f32], weight: &[f32], pixels: &mut [f32]) {
        super::convolve_back::<true>(shape, gradient, weight, pixels);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn add_to_weights(shape: Shape, pixels: &[f32], gradient: &[f32], sums: &mut [[f32; LANES]]) {
        super::add_to_weights::<true>(shape, pixels, gradient, sums);
    }
}

impl Shape {
    /// Where the pixels under a tap of the windows from `x` on, in row `y` of the output, begin.
    #[inline(always)]
    fn under(&self, y: usize, x: usize, down: usize, right: usize) -> usize {
        (right % self.stride * self.height + y * self.stride + down) * self.row + right / self.stride + x
    }
}

#[inline(always)]
fn add_product<const FUSED: bool>(sum: f32, a: f32, b: f32) -> f32 {
    if FUSED { a.mul_add(b, sum) } else { sum + a * b }
}

#[inline(always)]
fn vector(values: &[f32], at: usize) -> &[f32; LANES] {
    values[at..at + LANES].try_into().expect("a vector")
}

#[inline(always)]
fn convolve<const FUSED: bool>(shape: Shape, pixels: &[f32], weight: &[f32], out: &mut [f32]) {
    for (y, line) in out.chunks_exact_mut(shape.to[1]).enumerate() {
        for (i, line) in line.chunks_mut(LANES).enumerate() {
            let mut sums = [0.0f32; LANES];
            for down in 0..shape.kernel {
                for right in 0..shape.kernel {
                    let tap = weight[down * shape.kernel + right];
                    let under = vector(pixels, shape.under(y, i * LANES, down, right));
                    for lane in 0..LANES {
                        sums[lane] = add_product::<FUSED>(sums[lane], tap, under[lane]);
                    }
                }
            }
            line.copy_from_slice(&sums[..line.len()]);
        }
    }
}

#[inline(always)]
fn convolve_back<const FUSED: bool>(shape: Shape, gradient: &[f32], weight: &[f32], pixels: &mut [f32]) {
    for (y, line) in gradient.chunks_exact(shape.wide).enumerate() {
        for (i, grad) in line.as_chunks::<LANES>().0.iter().enumerate() {
            for down in 0..shape.kernel {
                for right in 0..shape.kernel {
                    let tap = weight[down * shape.kernel + right];
                    let at = shape.under(y, i * LANES, down, right);
                    let to: &mut [f32; LANES] = (&mut pixels[at..at + LANES]).try_into().expect("a vector");
                    for lane in 0..LANES {
                        to[lane] = add_product::<FUSED>(to[lane], tap, grad[lane]);
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn add_to_weights<const FUSED: bool>(shape: Shape, pixels: &[f32], gradient: &[f32], sums: &mut [[f32; LANES]]) {
    for (tap, sums) in sums.iter_mut().enumerate() {
        let (down, right) = (tap / shape.kernel, tap % shape.kernel);
        let mut sum = *sums;
        for (y, line) in gradient.chunks_exact(shape.wide).enumerate() {
            for (i, grad) in line.as_chunks::<LANES>().0.iter().enumerate() {
                let under = vector(pixels, shape.under(y, i * LANES, down, right));
                for lane in 0..LANES {
                    sum[lane] = add_product::<FUSED>(sum[lane], grad[lane], under[lane]);
                }
            }
        }
        *sums = sum;
    }
}
