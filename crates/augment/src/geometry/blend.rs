//! Bilinear interpolation of a block of places, once the four pixels around each are at hand.
//!
//! Weights are whole 64ths, so that every sum fits 16 and then 32 bits: the vector instructions and their plain twin give
//! the same bits.

/// Places that are computed together.
pub(crate) const BLOCK: usize = 64;
/// Parts of a pixel that weights count.
pub(crate) const PARTS: i32 = 64;

/// 64ths of a pixel from the middle of the first pixel.
pub(crate) struct Places {
    pub x: [i32; BLOCK],
    pub y: [i32; BLOCK],
}

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
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    return narrow::<C>(around, out);
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    plain::<C>(around, out);
}

#[cfg_attr(target_feature = "simd128", allow(dead_code))]
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

/// Orders of bytes in the vector instructions' registers of 32, or in half of one; -128 is none.
#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
struct Orders<const C: usize>;

#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
impl<const C: usize> Orders<C> {
    /// For each channel: upper left, upper right, lower left, lower right.
    const CORNERS: [i8; 32] = {
        let mut order = [-128; 32];
        let mut i = 0;
        while i < 32 {
            let (channel, corner) = (i % 16 / 4, i % 4);
            if channel < C {
                order[i] = (channel + corner % 2 * C + corner / 2 * 8) as i8;
            }
            i += 1;
        }
        order
    };
    /// The channels of two pixels, from four bytes each.
    const PACKED: [i8; 32] = {
        let mut order = [-128; 32];
        let mut i = 0;
        while i < 32 {
            if i % 16 < 2 * C {
                order[i] = (i % 16 / C * 4 + i % 16 % C) as i8;
            }
            i += 1;
        }
        order
    };
}

/// The first `bytes` of the weight of place `first` across a half register, and of the place two further across the other.
#[cfg(target_arch = "x86_64")]
const fn weights(first: usize, bytes: usize) -> [i8; 32] {
    let mut order = [0; 32];
    let mut i = 0;
    while i < 32 {
        order[i] = (first * 4 + i / 16 * 8 + i % bytes) as i8;
        i += 1;
    }
    order
}

/// Two pixels a register: bytes by their weights across, then pairs of sums by their weights down.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn wide<const C: usize>(around: &Around, out: &mut [u8; BLOCK * 4 + 16]) {
    use std::arch::x86_64::*;
    const ACROSS: [[i8; 32]; 2] = [weights(0, 2), weights(1, 2)];
    const DOWN: [[i8; 32]; 2] = [weights(0, 4), weights(1, 4)];

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(bytes: &[i8; 32]) -> __m256i {
        // SAFETY: 32 bytes are read from an array of 32.
        unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn sums(pixels: __m256i, across: __m256i, down: __m256i) -> __m256i {
        let sums = _mm256_madd_epi16(_mm256_maddubs_epi16(pixels, across), down);
        _mm256_srli_epi32(_mm256_add_epi32(sums, _mm256_set1_epi32(2048)), 12)
    }

    let (corners, packed) = (load(&Orders::<C>::CORNERS), load(&Orders::<C>::PACKED));
    let (across_even, across_odd) = (load(&ACROSS[0]), load(&ACROSS[1]));
    let (down_even, down_odd) = (load(&DOWN[0]), load(&DOWN[1]));
    let whole = _mm_set1_epi32(64);
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
        let even = sums(
            _mm256_shuffle_epi8(_mm256_unpacklo_epi64(upper, lower), corners),
            _mm256_shuffle_epi8(across, across_even),
            _mm256_shuffle_epi8(down, down_even),
        );
        let odd = sums(
            _mm256_shuffle_epi8(_mm256_unpackhi_epi64(upper, lower), corners),
            _mm256_shuffle_epi8(across, across_odd),
            _mm256_shuffle_epi8(down, down_odd),
        );
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

/// One pixel a register of 16 bytes, as browsers have them.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline(always)]
fn narrow<const C: usize>(around: &Around, out: &mut [u8; BLOCK * 4 + 16]) {
    use std::arch::wasm32::*;

    // SAFETY: 16 bytes are read from arrays of 32.
    let [corners, packed] =
        [&Orders::<C>::CORNERS, &Orders::<C>::PACKED].map(|order| unsafe { v128_load(order.as_ptr().cast()) });
    let both = |weight: u32| u32x4_splat((64 - weight) | weight << 16);
    let one = |i: usize| {
        let pixels = u8x16_swizzle(u64x2(around.upper[i], around.lower[i]), corners);
        let across = both(around.across[i]);
        let low = i32x4_dot_i16x8(u16x8_extend_low_u8x16(pixels), across);
        let high = i32x4_dot_i16x8(u16x8_extend_high_u8x16(pixels), across);
        let sums = i32x4_dot_i16x8(i16x8_narrow_i32x4(low, high), both(around.down[i]));
        u32x4_shr(i32x4_add(sums, i32x4_splat(2048)), 12)
    };
    for i in (0..BLOCK).step_by(2) {
        let words = i16x8_narrow_i32x4(one(i), one(i + 1));
        let bytes = u8x16_swizzle(u8x16_narrow_i16x8(words, words), packed);
        // SAFETY: eight bytes from C i on, and there is room for 16 behind the last pixel.
        unsafe { v128_store64_lane::<0>(bytes, out.as_mut_ptr().add(i * C).cast()) };
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
