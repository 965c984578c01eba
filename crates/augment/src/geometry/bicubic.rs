//! Cubic convolution (Keys 1981, a = -0.5) over the 16 pixels around each place.

use std::sync::LazyLock;

use super::{
    blend::{BLOCK, PARTS, Places},
    border::Beyond,
};
use crate::image::ImageRef;

/// Bits of a weight's fraction.
const BITS: u32 = 10;

/// Weights of four pixels for each 64th of the way from the second to the third, in 1024ths; each four sum to 1024.
static WEIGHTS: LazyLock<[[i32; 4]; PARTS as usize]> = LazyLock::new(|| {
    std::array::from_fn(|part| {
        let t = part as f64 / f64::from(PARTS);
        let mut weights = [1.0 + t, t, 1.0 - t, 2.0 - t].map(|d| libm::round(cubic(d) * 1024.0) as i32);
        let rest = (1 << BITS) - weights.iter().sum::<i32>();
        weights[if t < 0.5 { 1 } else { 2 }] += rest;
        weights
    })
});

/// [`WEIGHTS`] for a GPU.
pub(crate) fn weights() -> &'static [[i32; 4]] {
    &*WEIGHTS
}

/// Keys' kernel at a distance of `d` pixels, which is not negative.
pub(crate) fn cubic(d: f64) -> f64 {
    match d {
        ..1.0 => (1.5 * d - 2.5) * d * d + 1.0,
        ..2.0 => ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0,
        _ => 0.0,
    }
}

/// Fills `out` with the pixels of a block of places.
#[inline(always)]
pub(crate) fn sample<const C: usize>(
    image: ImageRef<'_>,
    places: &Places,
    beyond: &Beyond<C>,
    out: &mut [u8; BLOCK * 4 + 16],
) {
    let [width, height] = [image.size().width, image.size().height].map(|side| side as usize);
    let fill = beyond.fill();
    for (i, out) in out.as_chunks_mut::<C>().0.iter_mut().take(BLOCK).enumerate() {
        let [across, down] = [places.x[i], places.y[i]].map(|place| WEIGHTS[(place & 63) as usize]);
        let [left, top] = [places.x[i], places.y[i]].map(|place| i64::from(place >> 6) - 1);
        let columns: [Option<usize>; 4] = std::array::from_fn(|k| beyond.index(left + k as i64, width));
        let mut sums = [0; C];
        for (k, weight) in down.into_iter().enumerate() {
            let row = beyond.index(top + k as i64, height).map(|row| image.row(row).as_chunks::<C>().0);
            for (column, across) in columns.iter().zip(across) {
                let pixel = match (row, column) {
                    (Some(row), Some(column)) => &row[*column],
                    _ => &fill,
                };
                (0..C).for_each(|channel| sums[channel] += i32::from(pixel[channel]) * across * weight);
            }
        }
        *out = sums.map(|sum| ((sum + (1 << (2 * BITS - 1))) >> (2 * BITS)).clamp(0, 255) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_one_and_a_whole_place_is_its_pixel() {
        assert!(WEIGHTS.iter().all(|weights| weights.iter().sum::<i32>() == 1024));
        assert_eq!(WEIGHTS[0], [0, 1024, 0, 0]);
    }
}
