//! Brings the channels into another order.

use crate::vectorised::vectorised;

vectorised! {
    /// Takes red, green and blue from the channels that `order` names, each below 3.
    pub(crate) fn shuffle<const C: usize>(source: &[u8], order: [u8; 3], out: &mut [u8]) {
        let [red, green, blue] = order.map(|channel| usize::from(channel).min(2));
        for (out, pixel) in out.as_chunks_mut::<C>().0.iter_mut().zip(source.as_chunks::<C>().0) {
            out[0] = pixel[red];
            out[1] = pixel[green];
            out[2] = pixel[blue];
        }
    }
}
