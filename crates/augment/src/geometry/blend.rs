//! Bilinear interpolation of a block of places, once the four pixels around each are at hand.
//!
//! Weights are whole 64ths, so that every sum fits 16 and then 32 bits: the vector instructions and their plain twin give
//! the same bits.

/// Places that are computed together.
pub(crate) const BLOCK: usize = 64;
/// Parts of a pixel that weights count.
pub(crate) const PARTS: i32 = 64;

/// The pixels around each place: in `upper` and `lower` the left one in the low bytes, the right one in the next.
pub(crate) struct Around {
    pub upper: [u64; BLOCK],
    pub lower: [u64; BLOCK],
    /// 64ths from left to right and from top to bottom, 0 to 63.
    pub across: [u32; BLOCK],
    pub down: [u32; BLOCK],
}

/// Fills `out`, which has room for 16 bytes behind the last pixel.
#[inline(always)]
pub(crate) fn blend<const C: usize>(around: &Around, out: &mut [u8; BLOCK * 4 + 16]) {
    #[cfg(target_arch = "x86_64")]
    if crate::vectorised::has_avx2() {
        // SAFETY: the processor has what the function was compiled for.
        return unsafe { wide::<C>(around, out) };
    }
    plain::<C>(around, out);
}

fn plain<const C: usize>(around: &Around, out: &mut [u8; BLOCK * 4 + 16]) {
    for channel in 0..C {
        let byte = |both: u64, side: usize| (both >> (8 * (channel + side * C))) as u32 & 255;
        for i in 0..BLOCK {
            let (right, low) = (around.across[i], around.down[i]);
            let row = |both: u64| byte(both, 0) * (64 - right) + byte(both, 1) * right;
            let sum = row(around.upper[i]) * (64 - low) + row(around.lower[i]) * low;
            out[i * C + channel] = ((sum + 2048) >> 12) as u8;
        }
    }
}

/// Two pixels a register: bytes by their weights across, then pairs of sums by their weights down.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn wide<const C: usize>(around: &Around, out: &mut [u8; BLOCK * 4 + 16]) {
    use std::arch::x86_64::*;
    // For each channel: upper left, upper right, lower left, lower right.
    let mut order = [-128i8; 32];
    for (i, order) in order.iter_mut().enumerate() {
        let (channel, corner) = (i % 16 / 4, i % 4);
        if channel < C {
            *order = (channel + corner % 2 * C + corner / 2 * 8) as i8;
        }
    }
    // Weights of the first and third place, and of the second and fourth, across a half register each.
    let places = |first: i8, bytes: i8| -> [i8; 32] {
        std::array::from_fn(|i| first + (i / 16) as i8 * 8 + (i as i8 % 16) % bytes)
    };
    // Six bytes of two pixels, or eight, or two.
    let mut packed = [-128i8; 32];
    for (i, packed) in packed.iter_mut().enumerate() {
        let at = i % 16;
        if at < 2 * C {
            *packed = (at / C * 4 + at % C) as i8;
        }
    }
    // SAFETY: 32 bytes are read from arrays of 32.
    let load = |bytes: &[i8; 32]| unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
    let (order, packed) = (load(&order), load(&packed));
    let (across_even, across_odd) = (load(&places(0, 2)), load(&places(4, 2)));
    let (down_even, down_odd) = (load(&places(0, 4)), load(&places(4, 4)));
    let (half, whole) = (_mm256_set1_epi32(2048), _mm_set1_epi32(64));
    for i in (0..BLOCK).step_by(4) {
        // SAFETY: i + 4 is at most BLOCK.
        let (upper, lower, across, down) = unsafe {
            (
                _mm256_loadu_si256(around.upper.as_ptr().add(i).cast()),
                _mm256_loadu_si256(around.lower.as_ptr().add(i).cast()),
                _mm_loadu_si128(around.across.as_ptr().add(i).cast()),
                _mm_loadu_si128(around.down.as_ptr().add(i).cast()),
            )
        };
        let across = _mm_or_si128(_mm_sub_epi32(whole, across), _mm_slli_epi32(across, 8));
        let down = _mm_or_si128(_mm_sub_epi32(whole, down), _mm_slli_epi32(down, 16));
        let (across, down) = (_mm256_broadcastsi128_si256(across), _mm256_broadcastsi128_si256(down));
        let sums = |both, across_order, down_order| {
            let pixels = _mm256_shuffle_epi8(both, order);
            let rows = _mm256_maddubs_epi16(pixels, _mm256_shuffle_epi8(across, across_order));
            let sums = _mm256_madd_epi16(rows, _mm256_shuffle_epi8(down, down_order));
            _mm256_srli_epi32(_mm256_add_epi32(sums, half), 12)
        };
        let even = sums(_mm256_unpacklo_epi64(upper, lower), across_even, down_even);
        let odd = sums(_mm256_unpackhi_epi64(upper, lower), across_odd, down_odd);
        let words = _mm256_packs_epi32(even, odd);
        let bytes = _mm256_shuffle_epi8(_mm256_packus_epi16(words, words), packed);
        // SAFETY: at most 8 bytes behind 4 C i + 2 C, and there is room for 16 behind the last pixel.
        unsafe {
            let at = out.as_mut_ptr().add(i * C);
            at.cast::<i64>().write_unaligned(_mm256_extract_epi64(bytes, 0));
            at.add(2 * C).cast::<i64>().write_unaligned(_mm256_extract_epi64(bytes, 2));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::words;

    #[test]
    fn vector_instructions_and_their_plain_twin_give_the_same_bits() {
        fn check<const C: usize>() {
            for number in 0..50 {
                let pairs: [u64; 2 * BLOCK] = std::array::from_fn(|i| {
                    let random = words(number, i as u32);
                    u64::from(random[0]) | u64::from(random[1]) << 32
                });
                let weights: [u32; BLOCK] = std::array::from_fn(|i| words(number, 1000)[i]);
                let around = Around {
                    upper: std::array::from_fn(|i| pairs[i]),
                    lower: std::array::from_fn(|i| pairs[BLOCK + i]),
                    across: weights.map(|word| word % 64),
                    down: weights.map(|word| (word >> 8) % 64),
                };
                let (mut one, mut other) = ([0; BLOCK * 4 + 16], [0; BLOCK * 4 + 16]);
                blend::<C>(&around, &mut one);
                plain::<C>(&around, &mut other);
                assert_eq!(one[..C * BLOCK], other[..C * BLOCK]);
            }
        }
        check::<1>();
        check::<3>();
        check::<4>();
    }
}
