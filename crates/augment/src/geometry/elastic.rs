//! A smooth random displacement of every place: uniform cubic B-splines over a coarse grid of random shifts.

use crate::{
    image::Size,
    random::{WORDS, words},
};

/// Shifts at the points of a grid, and between them.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    spacing: f32,
    columns: usize,
    rows: usize,
    /// `[rows, columns]` of x and y.
    shifts: Vec<[f32; 2]>,
}

impl Field {
    /// Over an image of `size`; each shift is -`shift` to `shift` pixels along both axes.
    pub fn new(size: Size, shift: f64, spacing: f64, stream: u32) -> Self {
        // A place lies between the second and third of four points.
        let points = |side: u32| (f64::from(side) / spacing) as usize + 4;
        let (columns, rows) = (points(size.width), points(size.height));
        let scale = shift as f32 / (1u32 << 31) as f32;
        let mut shifts = Vec::with_capacity(columns * rows);
        for group in (0..(columns * rows).div_ceil(WORDS / 2)).map(|group| words(stream, group as u32)) {
            // As signed numbers, -1 to 1 of the shift.
            shifts.extend(
                group.chunks_exact(2).map(|pair| [pair[0] as i32 as f32 * scale, pair[1] as i32 as f32 * scale]),
            );
        }
        shifts.truncate(columns * rows);
        Self { spacing: spacing as f32, columns, rows, shifts }
    }

    /// Adds to each place its shift. Beyond the image it is that of the edge.
    #[inline(always)]
    pub fn displace(&self, xs: &mut [f64], ys: &mut [f64]) {
        for (x, y) in xs.iter_mut().zip(ys) {
            let (column, across) = self.cell(*x as f32, self.columns);
            let (row, down) = self.cell(*y as f32, self.rows);
            let mut moved = [0.0f32; 2];
            for (points, weight) in self.shifts[row * self.columns..].chunks(self.columns).zip(down) {
                let mut sum = [0.0f32; 2];
                for (point, weight) in points[column..column + 4].iter().zip(across) {
                    sum = [sum[0] + point[0] * weight, sum[1] + point[1] * weight];
                }
                moved = [moved[0] + sum[0] * weight, moved[1] + sum[1] * weight];
            }
            *x += f64::from(moved[0]);
            *y += f64::from(moved[1]);
        }
    }

    /// The first of four points, and the weights of all.
    #[inline(always)]
    fn cell(&self, at: f32, points: usize) -> (usize, [f32; 4]) {
        let place = (at / self.spacing).clamp(0.0, (points - 4) as f32);
        let first = place as usize;
        let t = place - first as f32;
        let (s, t2, t3) = (1.0 - t, t * t, t * t * t);
        let sixth = 1.0 / 6.0;
        let weights = [
            s * s * s * sixth,
            (3.0 * t3 - 6.0 * t2 + 4.0) * sixth,
            (-3.0 * t3 + 3.0 * t2 + 3.0 * t + 1.0) * sixth,
            t3 * sixth,
        ];
        (first.min(points - 4), weights)
    }
}
