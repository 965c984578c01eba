//! A symmetric kernel along columns and then along rows, a row at a time.

use super::{
    kernel::Kernel,
    margins::{mirrored, with_margins},
};
use crate::{image::ImageRef, vectorised::vectorised};

/// Filters `image` into `out`; each pass rounds to whole levels.
pub(crate) fn separable<const C: usize>(image: ImageRef<'_>, kernel: &Kernel, out: &mut [u8]) {
    let height = image.size().height as usize;
    let margin = kernel.len() - 1;
    let (mut column, mut padded) = (vec![0; image.stride()], Vec::new());
    let mut sums = vec![0u16; image.stride()];
    for (y, out) in out.chunks_exact_mut(image.stride()).enumerate() {
        start(image.row(y), kernel[0], &mut sums);
        for (distance, &weight) in kernel.iter().enumerate().skip(1) {
            let [above, below] = [y as isize - distance as isize, y as isize + distance as isize]
                .map(|row| image.row(mirrored(row, height)));
            add(above, below, weight, &mut sums);
        }
        finish(&sums, &mut column);
        with_margins::<C>(&column, margin, &mut padded);
        start(&padded[margin * C..], kernel[0], &mut sums);
        for (distance, &weight) in kernel.iter().enumerate().skip(1) {
            add(&padded[(margin - distance) * C..], &padded[(margin + distance) * C..], weight, &mut sums);
        }
        finish(&sums, out);
    }
}

vectorised! {
    fn start(row: &[u8], weight: u16, sums: &mut [u16]) {
        // Half of what the last shift divides by.
        sums.iter_mut().zip(row).for_each(|(sum, &level)| *sum = u16::from(level) * weight + 128);
    }
}

vectorised! {
    fn add(one: &[u8], other: &[u8], weight: u16, sums: &mut [u16]) {
        for ((sum, &one), &other) in sums.iter_mut().zip(one).zip(other) {
            *sum += (u16::from(one) + u16::from(other)) * weight;
        }
    }
}

vectorised! {
    fn finish(sums: &[u16], out: &mut [u8]) {
        out.iter_mut().zip(sums).for_each(|(out, sum)| *out = (sum >> 8) as u8);
    }
}
