//! Away from a smoothed image or towards it (Haeberli and Voorhies 1994, "Image processing by interpolation and
//! extrapolation"), with PIL's smoothing: a 3 x 3 mean in which the middle counts five times.

use super::margins::{mirrored, with_margins};
use crate::{image::ImageRef, vectorised::vectorised};

/// Parts of the factor 1.
const BITS: u32 = 12;

/// `factor` 0 is the smoothed image, 1 the image.
pub(crate) fn sharpen<const C: usize>(image: ImageRef<'_>, factor: f64, out: &mut [u8]) {
    let factor = parts(factor);
    let height = image.size().height as usize;
    let mut rows = [0; 3].map(|_| Vec::new());
    for (y, out) in out.chunks_exact_mut(image.stride()).enumerate() {
        for (offset, padded) in rows.iter_mut().enumerate() {
            with_margins::<C>(image.row(mirrored(y as isize + offset as isize - 1, height)), 1, padded);
        }
        row::<C>(&rows[0], &rows[1], &rows[2], factor, out);
    }
}

/// A factor in parts of 1.
pub(super) fn parts(factor: f64) -> i32 {
    libm::round(factor * f64::from(1 << BITS)) as i32
}

vectorised! {
    fn row<const C: usize>(above: &[u8], middle: &[u8], below: &[u8], factor: i32, out: &mut [u8]) {
        let width = out.len();
        let three = |row: &[u8], i: usize| i32::from(row[i]) + i32::from(row[i + C]) + i32::from(row[i + 2 * C]);
        let (above, middle, below) = (&above[..width + 2 * C], &middle[..width + 2 * C], &below[..width + 2 * C]);
        for i in 0..width {
            let own = i32::from(middle[i + C]);
            let sum = three(above, i) + three(middle, i) + three(below, i) + 4 * own;
            // 5042 / 2^16 is a 13th for every sum that occurs.
            let smooth = ((sum + 6) * 5042) >> 16;
            let found = (smooth << BITS) + (own - smooth) * factor + (1 << (BITS - 1));
            out[i] = (found >> BITS).clamp(0, 255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_reciprocal_divides_exactly() {
        assert!((0..=255 * 13).all(|sum| ((sum + 6) * 5042) >> 16 == (sum + 6) / 13));
    }
}
