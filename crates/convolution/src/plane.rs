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

/// Most taps of a row of the kernel.
const MOST: usize = 8;

/// What the loops need of a plane.
#[derive(Clone, Copy)]
struct Shape {
    kernel: usize,
    stride: usize,
    row: usize,
    wide: usize,
    to: [usize; 2],
    /// Where each tap of the kernel's first row lies under the first window.
    taps: [usize; MOST],
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
        let (kernel, stride) = (window.kernel, window.stride);
        assert!(kernel <= MOST, "a kernel of {kernel} pixels: expected at most {MOST}");
        let taps =
            std::array::from_fn(
                |tap| if tap < kernel { tap % stride * self.height * self.row + tap / stride } else { 0 },
            );
        let shape = Shape { kernel, stride, row: self.row, wide: self.wide, to, taps };
        // The loops below read without asking again.
        let last =
            shape.under(to[0] - 1, self.wide - LANES) + (kernel - 1) * self.row + taps.iter().max().unwrap_or(&0);
        assert!(last + LANES <= self.pixels.len(), "{} of {} pixels", last + LANES, self.pixels.len());
        shape
    }

    /// Where a pixel lies.
    fn place(&self, y: usize, x: usize) -> usize {
        let (stride, before) = (self.g.window.stride, self.g.window.before);
        let x = x + before;
        (x % stride * self.height + y + before) * self.row + x / stride
    }

    /// Reads a photo's channel; the edge is left as it is, which is zero.
    pub fn read(&mut self, x: &[f32]) {
        for (y, line) in x.chunks_exact(self.g.from[1]).enumerate() {
            if self.g.window.stride == 1 {
                let at = self.place(y, 0);
                self.pixels[at..at + line.len()].copy_from_slice(line);
                continue;
            }
            for phase in 0..self.g.window.stride.min(line.len()) {
                let at = self.place(y, phase);
                let from = line[phase..].iter().step_by(self.g.window.stride);
                self.pixels[at..].iter_mut().zip(from).for_each(|(to, from)| *to = *from);
            }
        }
    }

    /// Writes a photo's channel; what lies on the edge is dropped.
    pub fn write(&self, x: &mut [f32]) {
        for (y, line) in x.chunks_exact_mut(self.g.from[1]).enumerate() {
            for phase in 0..self.g.window.stride.min(line.len()) {
                let at = self.place(y, phase);
                let to = line[phase..].iter_mut().step_by(self.g.window.stride);
                self.pixels[at..].iter().zip(to).for_each(|(from, to)| *to = *from);
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
    /// Where the pixels under the first tap of the windows from `x` on, in row `y` of the output, begin.
    #[inline(always)]
    fn under(&self, y: usize, x: usize) -> usize {
        y * self.stride * self.row + x
    }
}

#[inline(always)]
fn add_product<const FUSED: bool>(sum: &mut [f32; LANES], a: &[f32; LANES], b: &[f32; LANES]) {
    for lane in 0..LANES {
        sum[lane] = if FUSED { a[lane].mul_add(b[lane], sum[lane]) } else { sum[lane] + a[lane] * b[lane] };
    }
}

/// # Safety
/// `at + LANES` is at most the length.
#[inline(always)]
unsafe fn vector(values: &[f32], at: usize) -> [f32; LANES] {
    debug_assert!(at + LANES <= values.len());
    // SAFETY: as above.
    unsafe { *values.as_ptr().add(at).cast() }
}

/// Calls the loops with the size of the kernel as a constant.
macro_rules! sized {
    ($function:ident, $fused:ident, $shape:expr, $($argument:expr),+) => {
        match $shape.kernel {
            3 => $function::<$fused, 3>($shape, $($argument),+),
            5 => $function::<$fused, 5>($shape, $($argument),+),
            _ => $function::<$fused, 0>($shape, $($argument),+),
        }
    };
}

#[inline(always)]
fn convolve<const FUSED: bool>(shape: Shape, pixels: &[f32], weight: &[f32], out: &mut [f32]) {
    sized!(convolve_sized, FUSED, shape, pixels, weight, out);
}

#[inline(always)]
fn convolve_back<const FUSED: bool>(shape: Shape, gradient: &[f32], weight: &[f32], pixels: &mut [f32]) {
    sized!(convolve_back_sized, FUSED, shape, gradient, weight, pixels);
}

#[inline(always)]
fn add_to_weights<const FUSED: bool>(shape: Shape, pixels: &[f32], gradient: &[f32], sums: &mut [[f32; LANES]]) {
    sized!(add_to_weights_sized, FUSED, shape, pixels, gradient, sums);
}

#[inline(always)]
fn convolve_sized<const FUSED: bool, const K: usize>(shape: Shape, pixels: &[f32], weight: &[f32], out: &mut [f32]) {
    let kernel = if K == 0 { shape.kernel } else { K };
    for (y, line) in out.chunks_exact_mut(shape.to[1]).enumerate() {
        for (i, line) in line.chunks_mut(LANES).enumerate() {
            let mut sums = [0.0f32; LANES];
            let at = shape.under(y, i * LANES);
            for down in 0..kernel {
                for right in 0..kernel {
                    // SAFETY: within what `Plane::shape` asserts.
                    let under = unsafe { vector(pixels, at + down * shape.row + shape.taps[right]) };
                    add_product::<FUSED>(&mut sums, &[weight[down * kernel + right]; LANES], &under);
                }
            }
            line.copy_from_slice(&sums[..line.len()]);
        }
    }
}

#[inline(always)]
fn convolve_back_sized<const FUSED: bool, const K: usize>(
    shape: Shape,
    gradient: &[f32],
    weight: &[f32],
    pixels: &mut [f32],
) {
    let kernel = if K == 0 { shape.kernel } else { K };
    for (y, line) in gradient.chunks_exact(shape.wide).enumerate() {
        for (i, grad) in line.as_chunks::<LANES>().0.iter().enumerate() {
            let at = shape.under(y, i * LANES);
            for down in 0..kernel {
                for right in 0..kernel {
                    let at = at + down * shape.row + shape.taps[right];
                    debug_assert!(at + LANES <= pixels.len());
                    // SAFETY: within what `Plane::shape` asserts.
                    let to: &mut [f32; LANES] = unsafe { &mut *pixels.as_mut_ptr().add(at).cast() };
                    add_product::<FUSED>(to, &[weight[down * kernel + right]; LANES], grad);
                }
            }
        }
    }
}

#[inline(always)]
fn add_to_weights_sized<const FUSED: bool, const K: usize>(
    shape: Shape,
    pixels: &[f32],
    gradient: &[f32],
    sums: &mut [[f32; LANES]],
) {
    let kernel = if K == 0 { shape.kernel } else { K };
    for (down, sums) in sums.chunks_exact_mut(kernel).enumerate() {
        let mut row = [[0.0f32; LANES]; MOST];
        for (y, line) in gradient.chunks_exact(shape.wide).enumerate() {
            for (i, grad) in line.as_chunks::<LANES>().0.iter().enumerate() {
                let at = shape.under(y, i * LANES) + down * shape.row;
                for (sum, tap) in row[..kernel].iter_mut().zip(shape.taps) {
                    // SAFETY: within what `Plane::shape` asserts.
                    let under = unsafe { vector(pixels, at + tap) };
                    add_product::<FUSED>(sum, grad, &under);
                }
            }
        }
        for (sum, row) in sums.iter_mut().zip(row) {
            sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
    }
}
