//! One tap of a depthwise convolution.

use crate::simd::F32x4;

const LANES: usize = 4;

/// `out += x * weight` per channel. Channels after the last multiple of four are ignored: pad to whole vectors.
pub fn accumulate(out: &mut [f32], x: &[f32], weight: &[f32]) {
    let taps = x.chunks_exact(LANES).zip(weight.chunks_exact(LANES));
    for (out, (x, weight)) in out.chunks_exact_mut(LANES).zip(taps) {
        F32x4::load(out).mul_add(F32x4::load(x), F32x4::load(weight)).store(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_is_multiplied_by_its_own_weight() {
        let mut out = [1.0; 8];
        accumulate(&mut out, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], &[2.0; 8]);
        assert_eq!(out, [1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0]);
    }
}
