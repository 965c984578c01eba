//! Windows of photos as columns of a matrix, a strip of columns at a time.

use crate::{
    geometry::Geometry,
    memory::Shared,
    tile::{STRIP, Tiles},
};

/// No pixel: a window reaches over the edge.
const OUTSIDE: i32 = -1;

/// Where the pixels of every window lie.
pub struct Windows<'a> {
    g: &'a Geometry,
    rule: Rule,
    tiles: Tiles,
}

/// For each pixel of the kernel and each window of a photo, and as many again as a strip is long.
enum Rule {
    /// The pixel lies as far from the window's place everywhere: all bits are set where it is inside.
    Shifted { shifts: Vec<isize>, masks: Vec<u32> },
    /// Place in the photo.
    Picked(Vec<i32>),
}

impl<'a> Windows<'a> {
    pub fn new(g: &'a Geometry) -> Self {
        let kernel = g.window.kernel;
        let places = g.area_to() + STRIP;
        let mut picked = Vec::with_capacity(kernel * kernel * places);
        let pixel = |at: usize, side: usize| at.checked_sub(g.window.before).filter(|at| *at < side);
        for tap in 0..kernel * kernel {
            for place in (0..g.area_to()).cycle().take(places) {
                let y = pixel(place / g.to[1] * g.window.stride + tap / kernel, g.from[0]);
                let x = pixel(place % g.to[1] * g.window.stride + tap % kernel, g.from[1]);
                picked.push(y.zip(x).map_or(OUTSIDE, |(y, x)| (y * g.from[1] + x) as i32));
            }
        }
        let rule = if g.keeps_places() {
            let before = g.window.before as isize;
            let shift =
                |tap: usize| ((tap / kernel) as isize - before) * g.from[1] as isize + (tap % kernel) as isize - before;
            let masks = picked.iter().map(|place| if *place == OUTSIDE { 0 } else { u32::MAX }).collect();
            Rule::Shifted { shifts: (0..kernel * kernel).map(shift).collect(), masks }
        } else {
            Rule::Picked(picked)
        };
        Self { g, rule, tiles: Tiles::detect() }
    }

    /// Fills `panel` `[taps, STRIP]` with the columns from `column` on; those from `end` on are zero.
    pub fn fill(&self, x: &[f32], column: usize, end: usize, panel: &mut [f32]) {
        let g = self.g;
        let kernel = g.window.kernel * g.window.kernel;
        let places = g.area_to() + STRIP;
        let first = column % g.area_to();
        let columns = STRIP.min(end - column);
        let planes = self.planes(column);
        let row_length = g.photos * g.area_from();
        let lines = panel.as_chunks_mut::<STRIP>().0;
        for tap in 0..kernel {
            let at = tap * places + first;
            match &self.rule {
                Rule::Shifted { shifts, masks } => {
                    let mut strip: [u32; STRIP] = masks[at..at + STRIP].try_into().expect("a strip of masks");
                    strip[columns..].fill(0);
                    let start = column as isize + shifts[tap];
                    match usize::try_from(start) {
                        Ok(start) if start + STRIP <= row_length => {
                            self.tiles.copy(x, start, row_length, &strip, lines[tap..].iter_mut().step_by(kernel));
                        }
                        _ => {
                            for (row, line) in x.chunks_exact(row_length).zip(lines[tap..].iter_mut().step_by(kernel)) {
                                for i in 0..STRIP {
                                    let pixel = usize::try_from(start + i as isize).ok().and_then(|at| row.get(at));
                                    line[i] = f32::from_bits(pixel.map_or(0, |pixel| pixel.to_bits()) & strip[i]);
                                }
                            }
                        }
                    }
                }
                Rule::Picked(picked) => {
                    let mut from = [None; STRIP];
                    for (i, place) in picked[at..at + columns].iter().enumerate() {
                        from[i] = usize::try_from(*place).ok().map(|place| planes[i] + place);
                    }
                    for (row, line) in x.chunks_exact(row_length).zip(lines[tap..].iter_mut().step_by(kernel)) {
                        for (pixel, from) in line.iter_mut().zip(from) {
                            *pixel = from.map_or(0.0, |from| row[from]);
                        }
                    }
                }
            }
        }
    }

    /// Adds a panel to the pixels that it came from.
    ///
    /// # Safety
    /// `x` has the length that [`Windows::fill`] reads, and nothing else reads or writes the photos of these columns meanwhile.
    pub unsafe fn scatter(&self, panel: &[f32], column: usize, end: usize, x: Shared) {
        let g = self.g;
        let Rule::Picked(picked) = &self.rule else { unreachable!("windows that keep their place are convolved back") };
        let kernel = g.window.kernel * g.window.kernel;
        let places = g.area_to() + STRIP;
        let first = column % g.area_to();
        let columns = STRIP.min(end - column);
        let planes = self.planes(column);
        for (row, line) in panel.as_chunks::<STRIP>().0.iter().enumerate() {
            let (channel, tap) = (row / kernel, row % kernel);
            let at = tap * places + first;
            for (i, place) in picked[at..at + columns].iter().enumerate() {
                if *place != OUTSIDE {
                    // SAFETY: a pixel of the photo that this column belongs to.
                    let pixel = unsafe { x.part(channel * g.photos * g.area_from() + planes[i] + *place as usize, 1) };
                    pixel[0] += line[i];
                }
            }
        }
    }

    /// Where the photos of a strip's columns start in a channel.
    fn planes(&self, column: usize) -> [usize; STRIP] {
        std::array::from_fn(|i| (column + i) / self.g.area_to() * self.g.area_from())
    }
}
