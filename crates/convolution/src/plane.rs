//! One channel of one image, zero-padded and polyphase: columns grouped by their remainder modulo the stride. Whatever the stride,
//! the pixels under one tap of neighbouring windows are then contiguous, as vector instructions need them.

use crate::{microkernel::Microkernel, shape::ConvShape};

/// Lanes of an AVX register.
pub const LANES: usize = 8;

/// A channel, and the gradient of the output channel it convolves to.
pub struct Plane<'a> {
    g: &'a ConvShape,
    microkernel: Microkernel,
    /// `[stride, height, row_len]`
    pixels: Vec<f32>,
    /// Rows including padding.
    height: usize,
    /// Columns of one phase, with room for the last vector.
    row_len: usize,
    /// `[height', gradient_row_len]`, rows padded to whole vectors.
    gradient: Vec<f32>,
    gradient_row_len: usize,
}

/// Largest supported kernel size.
const MAX_KERNEL: usize = 8;

/// What the loops read of a plane.
#[derive(Clone, Copy)]
struct Layout {
    kernel: usize,
    stride: usize,
    row_len: usize,
    gradient_row_len: usize,
    output_size: [usize; 2],
    /// Offset of each tap of the kernel's first row.
    taps: [usize; MAX_KERNEL],
}

impl<'a> Plane<'a> {
    pub fn new(g: &'a ConvShape) -> Self {
        let stride = g.window.stride;
        let gradient_row_len = g.output_size[1].next_multiple_of(LANES);
        let height = (g.output_size[0] - 1) * stride + g.window.kernel;
        let height = height.max(g.input_size[0] + g.window.pad_before);
        let columns = (g.input_size[1] + g.window.pad_before).div_ceil(stride);
        let row_len = columns.max(gradient_row_len + (g.window.kernel - 1) / stride + 1);
        let microkernel = Microkernel::detect();
        let pixels = vec![0.0; stride * height * row_len];
        Self {
            g,
            microkernel,
            pixels,
            height,
            row_len,
            gradient: vec![0.0; g.output_size[0] * gradient_row_len],
            gradient_row_len,
        }
    }

    fn layout(&self) -> Layout {
        let ConvShape { window, output_size, .. } = *self.g;
        let (kernel, stride) = (window.kernel, window.stride);
        assert!(kernel <= MAX_KERNEL, "a kernel of {kernel} pixels: expected at most {MAX_KERNEL}");
        let taps = std::array::from_fn(|tap| {
            if tap < kernel { tap % stride * self.height * self.row_len + tap / stride } else { 0 }
        });
        let layout = Layout {
            kernel,
            stride,
            row_len: self.row_len,
            gradient_row_len: self.gradient_row_len,
            output_size,
            taps,
        };
        // The loops rely on this instead of bounds checks.
        let last = layout.under(output_size[0] - 1, self.gradient_row_len - LANES)
            + (kernel - 1) * self.row_len
            + taps.iter().max().unwrap_or(&0);
        assert!(last + LANES <= self.pixels.len(), "{} of {} pixels", last + LANES, self.pixels.len());
        layout
    }

    /// Index of a pixel.
    fn place(&self, y: usize, x: usize) -> usize {
        let (stride, before) = (self.g.window.stride, self.g.window.pad_before);
        let x = x + before;
        (x % stride * self.height + y + before) * self.row_len + x / stride
    }

    /// Loads an image; the padding keeps its values, zero after [`Plane::clear`].
    pub fn load(&mut self, x: &[f32]) {
        for (y, line) in x.chunks_exact(self.g.input_size[1]).enumerate() {
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

    /// Stores the image without its padding.
    pub fn store(&self, x: &mut [f32]) {
        for (y, line) in x.chunks_exact_mut(self.g.input_size[1]).enumerate() {
            for phase in 0..self.g.window.stride.min(line.len()) {
                let at = self.place(y, phase);
                let to = line[phase..].iter_mut().step_by(self.g.window.stride);
                self.pixels[at..].iter().zip(to).for_each(|(from, to)| *to = *from);
            }
        }
    }

    /// Loads the output gradient, `[height', width']`.
    pub fn load_gradient(&mut self, grad: &[f32]) {
        for (to, from) in
            self.gradient.chunks_exact_mut(self.gradient_row_len).zip(grad.chunks_exact(self.g.output_size[1]))
        {
            to[..from.len()].copy_from_slice(from);
        }
    }

    /// Zeroes pixels and padding.
    pub fn clear(&mut self) {
        self.pixels.fill(0.0);
    }

    /// `out` `[height', width']`
    pub fn convolve(&self, weight: &[f32], out: &mut [f32]) {
        #[cfg(target_arch = "x86_64")]
        if self.microkernel.fused() {
            // SAFETY: AVX2 and FMA were detected.
            return unsafe { fused::convolve(self.layout(), &self.pixels, weight, out) };
        }
        convolve::<false>(self.layout(), &self.pixels, weight, out);
    }

    /// Adds gradient times weight to each pixel: the input gradient.
    pub fn accumulate_input_gradient(&mut self, weight: &[f32]) {
        let layout = self.layout();
        #[cfg(target_arch = "x86_64")]
        if self.microkernel.fused() {
            // SAFETY: AVX2 and FMA were detected.
            return unsafe { fused::accumulate_input_gradient(layout, &self.gradient, weight, &mut self.pixels) };
        }
        accumulate_input_gradient::<false>(layout, &self.gradient, weight, &mut self.pixels);
    }

    /// Adds gradient times pixel to the sums of each tap: the weight gradient.
    pub fn accumulate_weight_gradient(&self, sums: &mut [[f32; LANES]]) {
        #[cfg(target_arch = "x86_64")]
        if self.microkernel.fused() {
            // SAFETY: AVX2 and FMA were detected.
            return unsafe { fused::accumulate_weight_gradient(self.layout(), &self.pixels, &self.gradient, sums) };
        }
        accumulate_weight_gradient::<false>(self.layout(), &self.pixels, &self.gradient, sums);
    }
}

#[cfg(target_arch = "x86_64")]
mod fused {
    use super::{LANES, Layout};

    #[target_feature(enable = "avx2,fma")]
    pub fn convolve(layout: Layout, pixels: &[f32], weight: &[f32], out: &mut [f32]) {
        super::convolve::<true>(layout, pixels, weight, out);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn accumulate_input_gradient(layout: Layout, gradient: &[f32], weight: &[f32], pixels: &mut [f32]) {
        super::accumulate_input_gradient::<true>(layout, gradient, weight, pixels);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn accumulate_weight_gradient(layout: Layout, pixels: &[f32], gradient: &[f32], sums: &mut [[f32; LANES]]) {
        super::accumulate_weight_gradient::<true>(layout, pixels, gradient, sums);
    }
}

impl Layout {
    /// Index of the pixel under the first tap of the window at column `x`, row `y` of the output.
    #[inline(always)]
    fn under(&self, y: usize, x: usize) -> usize {
        y * self.stride * self.row_len + x
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

/// Calls the loops with common kernel sizes as constants.
macro_rules! with_const_kernel {
    ($function:ident, $fused:ident, $layout:expr, $($argument:expr),+) => {
        match $layout.kernel {
            3 => $function::<$fused, 3>($layout, $($argument),+),
            5 => $function::<$fused, 5>($layout, $($argument),+),
            _ => $function::<$fused, 0>($layout, $($argument),+),
        }
    };
}

#[inline(always)]
fn convolve<const FUSED: bool>(layout: Layout, pixels: &[f32], weight: &[f32], out: &mut [f32]) {
    with_const_kernel!(convolve_sized, FUSED, layout, pixels, weight, out);
}

#[inline(always)]
fn accumulate_input_gradient<const FUSED: bool>(layout: Layout, gradient: &[f32], weight: &[f32], pixels: &mut [f32]) {
    with_const_kernel!(accumulate_input_gradient_sized, FUSED, layout, gradient, weight, pixels);
}

#[inline(always)]
fn accumulate_weight_gradient<const FUSED: bool>(
    layout: Layout,
    pixels: &[f32],
    gradient: &[f32],
    sums: &mut [[f32; LANES]],
) {
    with_const_kernel!(accumulate_weight_gradient_sized, FUSED, layout, pixels, gradient, sums);
}

#[inline(always)]
fn convolve_sized<const FUSED: bool, const K: usize>(layout: Layout, pixels: &[f32], weight: &[f32], out: &mut [f32]) {
    let kernel = if K == 0 { layout.kernel } else { K };
    for (y, line) in out.chunks_exact_mut(layout.output_size[1]).enumerate() {
        for (i, line) in line.chunks_mut(LANES).enumerate() {
            let mut sums = [0.0f32; LANES];
            let at = layout.under(y, i * LANES);
            for down in 0..kernel {
                for right in 0..kernel {
                    // SAFETY: in range, as `Plane::layout` asserts.
                    let under = unsafe { vector(pixels, at + down * layout.row_len + layout.taps[right]) };
                    add_product::<FUSED>(&mut sums, &[weight[down * kernel + right]; LANES], &under);
                }
            }
            line.copy_from_slice(&sums[..line.len()]);
        }
    }
}

#[inline(always)]
fn accumulate_input_gradient_sized<const FUSED: bool, const K: usize>(
    layout: Layout,
    gradient: &[f32],
    weight: &[f32],
    pixels: &mut [f32],
) {
    let kernel = if K == 0 { layout.kernel } else { K };
    for (y, line) in gradient.chunks_exact(layout.gradient_row_len).enumerate() {
        for (i, grad) in line.as_chunks::<LANES>().0.iter().enumerate() {
            let at = layout.under(y, i * LANES);
            for down in 0..kernel {
                for right in 0..kernel {
                    let at = at + down * layout.row_len + layout.taps[right];
                    debug_assert!(at + LANES <= pixels.len());
                    // SAFETY: in range, as `Plane::layout` asserts.
                    let to: &mut [f32; LANES] = unsafe { &mut *pixels.as_mut_ptr().add(at).cast() };
                    add_product::<FUSED>(to, &[weight[down * kernel + right]; LANES], grad);
                }
            }
        }
    }
}

#[inline(always)]
fn accumulate_weight_gradient_sized<const FUSED: bool, const K: usize>(
    layout: Layout,
    pixels: &[f32],
    gradient: &[f32],
    sums: &mut [[f32; LANES]],
) {
    let kernel = if K == 0 { layout.kernel } else { K };
    for (down, sums) in sums.chunks_exact_mut(kernel).enumerate() {
        let mut row = [[0.0f32; LANES]; MAX_KERNEL];
        for (y, line) in gradient.chunks_exact(layout.gradient_row_len).enumerate() {
            for (i, grad) in line.as_chunks::<LANES>().0.iter().enumerate() {
                let at = layout.under(y, i * LANES) + down * layout.row_len;
                for (sum, tap) in row[..kernel].iter_mut().zip(layout.taps) {
                    // SAFETY: in range, as `Plane::layout` asserts.
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
