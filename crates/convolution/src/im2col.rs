//! im2col and col2im, one panel of [`NR`] columns at a time.

use crate::{
    disjoint::DisjointMut,
    microkernel::{Microkernel, NR},
    shape::ConvShape,
};

/// Index of a pixel in the zero padding.
const PADDING: i32 = -1;

/// Which input pixel each entry of the im2col matrix reads.
pub struct Im2col<'a> {
    g: &'a ConvShape,
    gather: Gather,
    microkernel: Microkernel,
}

/// Tables over kernel pixels and output pixels of one image, the latter repeated for [`NR`] more so that a panel may start anywhere.
enum Gather {
    /// Where the output has the input's size, a kernel pixel is at a fixed offset from the output pixel. Masks have all bits set
    /// inside the image and none in the padding.
    Shifted { offsets: Vec<isize>, masks: Vec<u32> },
    /// Index of the pixel within the image.
    Indexed(Vec<i32>),
}

impl<'a> Im2col<'a> {
    pub fn new(g: &'a ConvShape) -> Self {
        let kernel = g.window.kernel;
        let places = g.output_area() + NR;
        let mut indices = Vec::with_capacity(kernel * kernel * places);
        let pixel = |at: usize, size: usize| at.checked_sub(g.window.pad_before).filter(|at| *at < size);
        for tap in 0..kernel * kernel {
            for place in (0..g.output_area()).cycle().take(places) {
                let y = pixel(place / g.output_size[1] * g.window.stride + tap / kernel, g.input_size[0]);
                let x = pixel(place % g.output_size[1] * g.window.stride + tap % kernel, g.input_size[1]);
                indices.push(y.zip(x).map_or(PADDING, |(y, x)| (y * g.input_size[1] + x) as i32));
            }
        }
        let gather = if g.preserves_size() {
            let before = g.window.pad_before as isize;
            let offset = |tap: usize| {
                ((tap / kernel) as isize - before) * g.input_size[1] as isize + (tap % kernel) as isize - before
            };
            let masks = indices.iter().map(|index| if *index == PADDING { 0 } else { u32::MAX }).collect();
            Gather::Shifted { offsets: (0..kernel * kernel).map(offset).collect(), masks }
        } else {
            Gather::Indexed(indices)
        };
        Self { g, gather, microkernel: Microkernel::detect() }
    }

    /// Fills `panel` `[taps, NR]` with the columns from `column` on; those from `end` on are zero.
    pub fn fill(&self, x: &[f32], column: usize, end: usize, panel: &mut [f32]) {
        let g = self.g;
        let kernel = g.window.kernel * g.window.kernel;
        let places = g.output_area() + NR;
        let first = column % g.output_area();
        let columns = NR.min(end - column);
        let image_starts = self.image_starts(column);
        let channel_len = g.batch * g.input_area();
        let rows = panel.as_chunks_mut::<NR>().0;
        for tap in 0..kernel {
            let at = tap * places + first;
            match &self.gather {
                Gather::Shifted { offsets, masks } => {
                    let mut mask: [u32; NR] = masks[at..at + NR].try_into().expect("NR masks");
                    mask[columns..].fill(0);
                    let start = column as isize + offsets[tap];
                    match usize::try_from(start) {
                        Ok(start) if start + NR <= channel_len => {
                            let rows = rows[tap..].iter_mut().step_by(kernel);
                            self.microkernel.copy_masked(x, start, channel_len, &mask, rows);
                        }
                        _ => {
                            for (channel, row) in
                                x.chunks_exact(channel_len).zip(rows[tap..].iter_mut().step_by(kernel))
                            {
                                for i in 0..NR {
                                    let pixel = usize::try_from(start + i as isize).ok().and_then(|at| channel.get(at));
                                    row[i] = f32::from_bits(pixel.map_or(0, |pixel| pixel.to_bits()) & mask[i]);
                                }
                            }
                        }
                    }
                }
                Gather::Indexed(indices) => {
                    let mut from = [None; NR];
                    for (i, index) in indices[at..at + columns].iter().enumerate() {
                        from[i] = usize::try_from(*index).ok().map(|index| image_starts[i] + index);
                    }
                    for (channel, row) in x.chunks_exact(channel_len).zip(rows[tap..].iter_mut().step_by(kernel)) {
                        for (pixel, from) in row.iter_mut().zip(from) {
                            *pixel = from.map_or(0.0, |from| channel[from]);
                        }
                    }
                }
            }
        }
    }

    /// Adds a panel to the pixels that [`Im2col::fill`] reads for it.
    ///
    /// # Safety
    /// `x` has the length that [`Im2col::fill`] reads, and nothing else accesses the images of these columns meanwhile.
    pub unsafe fn col2im(&self, panel: &[f32], column: usize, end: usize, x: DisjointMut) {
        let g = self.g;
        let Gather::Indexed(indices) = &self.gather else {
            unreachable!("the input gradient of a size-preserving convolution is a convolution")
        };
        let kernel = g.window.kernel * g.window.kernel;
        let places = g.output_area() + NR;
        let first = column % g.output_area();
        let columns = NR.min(end - column);
        let image_starts = self.image_starts(column);
        for (row, values) in panel.as_chunks::<NR>().0.iter().enumerate() {
            let (channel, tap) = (row / kernel, row % kernel);
            let at = tap * places + first;
            for (i, index) in indices[at..at + columns].iter().enumerate() {
                if *index != PADDING {
                    let pixel = channel * g.batch * g.input_area() + image_starts[i] + *index as usize;
                    // SAFETY: a pixel of the image that this column belongs to.
                    let pixel = unsafe { x.range(pixel, 1) };
                    pixel[0] += values[i];
                }
            }
        }
    }

    /// Where, within a channel, the image of each of a panel's columns starts.
    fn image_starts(&self, column: usize) -> [usize; NR] {
        std::array::from_fn(|i| (column + i) / self.g.output_area() * self.g.input_area())
    }
}
