//! Maps that only stretch: a window of the image at another size, mirrored or not. Along rows, then along columns, by a
//! filter that widens with the reduction, so that nothing of a large image is skipped.

use super::{
    border::Beyond,
    copy,
    matrix::Matrix,
    taps::{BITS, Taps},
};
use crate::{
    image::{Image, ImageRef, Size},
    sampling::Interpolation,
    vectorised::vectorised,
};

const HALF: i32 = 1 << (BITS - 1);

/// What is seen of an image: start and length along x and y, in pixels, and whether it is mirrored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    start: [f64; 2],
    length: [f64; 2],
    pub mirrored: [bool; 2],
}

impl Window {
    /// For columns and for rows, as if nothing were mirrored.
    pub fn taps(&self, from: Size, to: Size, interpolation: Interpolation) -> [Taps; 2] {
        [(0, from.width, to.width), (1, from.height, to.height)]
            .map(|(axis, from, to)| Taps::new(self.start[axis], self.length[axis], from, to, interpolation))
    }
}

/// The window of such a map that stays inside the image.
pub(crate) fn window(matrix: &Matrix, input: Size, output: Size) -> Option<Window> {
    /// Part of a pixel that sums of matrices may be off.
    const SLACK: f64 = 1e-6;
    if !matrix.is_axis_aligned() {
        return None;
    }
    let mut window = Window { start: [0.0; 2], length: [0.0; 2], mirrored: [false; 2] };
    let sides = [(input.width, output.width), (input.height, output.height)];
    for (axis, (from, to)) in sides.map(|(from, to)| (f64::from(from), f64::from(to))).into_iter().enumerate() {
        let (scale, shift) = (matrix.0[axis][axis], matrix.0[axis][2]);
        let other = shift + scale * to;
        let (low, high) = (shift.min(other), shift.max(other));
        if low < -SLACK || high > from + SLACK || high - low < SLACK {
            return None;
        }
        window.start[axis] = low;
        window.length[axis] = high - low;
        window.mirrored[axis] = scale < 0.0;
    }
    Some(window)
}

/// Buffers that are kept from one image to the next.
#[derive(Debug, Default)]
pub(crate) struct Resizer {
    narrow: Vec<u8>,
    unturned: Vec<u8>,
}

impl Resizer {
    pub fn resize<const C: usize>(
        &mut self,
        image: ImageRef<'_>,
        window: Window,
        interpolation: Interpolation,
        size: Size,
        out: &mut [u8],
    ) {
        let [columns, rows] = window.taps(image.size(), size, interpolation);
        if window.mirrored == [false; 2] {
            return self.run::<C>(image, &columns, &rows, size, out);
        }
        let mut buffer = std::mem::take(&mut self.unturned);
        buffer.resize(out.len(), 0);
        self.run::<C>(image, &columns, &rows, size, &mut buffer);
        let sides = [size.width, size.height].map(f64::from);
        let line = |axis: usize| if window.mirrored[axis] { (-1.0, sides[axis]) } else { (1.0, 0.0) };
        let ((x, right), (y, down)) = (line(0), line(1));
        let mirror = Matrix([[x, 0.0, right], [0.0, y, down], [0.0, 0.0, 1.0]]);
        let lines = copy::lines(&mirror).expect("a mirror moves whole pixels");
        copy::copy(ImageRef::trusted(size, image.channels(), &buffer), lines, size, &Beyond::<C>::Edge, out);
        self.unturned = buffer;
    }

    /// The whole image at a smaller size, every pixel averaged.
    pub fn shrink<const C: usize>(&mut self, image: ImageRef<'_>, size: Size) -> Image {
        let [columns, rows] = Taps::of_whole(image.size(), size);
        let mut small = Image::black(size, image.channels());
        self.run::<C>(image, &columns, &rows, size, small.pixels_mut());
        small
    }

    fn run<const C: usize>(&mut self, image: ImageRef<'_>, columns: &Taps, rows: &Taps, size: Size, out: &mut [u8]) {
        let stride = size.width as usize * C;
        // Only the rows that are needed; eight bytes behind the last pixel may be written.
        let needed = rows.needed();
        self.narrow.resize(needed.len() * stride + 8, 0);
        for (at, y) in needed.clone().enumerate() {
            let from = &image.pixels()[y * image.stride()..];
            along_row::<C>(from, image.stride(), columns, &mut self.narrow[at * stride..][..stride + 8]);
        }
        let mut sums = vec![0i32; stride];
        for (target, out) in out.chunks_exact_mut(stride).enumerate() {
            let (first, weights) = rows.of(target);
            let row = |tap: usize| &self.narrow[(first - needed.start + tap) * stride..][..stride];
            match weights {
                [_] => out.copy_from_slice(row(0)),
                [one, other] if *one > 0 && *other > 0 => two(row(0), row(1), *other, out),
                _ => {
                    sums.fill(HALF);
                    weights.iter().enumerate().for_each(|(tap, weight)| add(row(tap), *weight, &mut sums));
                    finish(&sums, out);
                }
            }
        }
    }
}

vectorised! {
    /// From `above` to `below` by `share`, a number of 2^[`BITS`]ths below all of them; in 16 bits, to a 64th of a level.
    fn two(above: &[u8], below: &[u8], share: i16, out: &mut [u8]) {
        for ((out, &above), &below) in out.iter_mut().zip(above).zip(below) {
            let distance = (i16::from(below) - i16::from(above)) << 7;
            let moved = ((i32::from(distance) * i32::from(share * 2)) >> 16) as i16;
            *out = (i16::from(above) + ((moved + 32) >> 6)) as u8;
        }
    }
}

vectorised! {
    fn add(row: &[u8], weight: i16, sums: &mut [i32]) {
        sums.iter_mut().zip(row).for_each(|(sum, &level)| *sum += i32::from(level) * i32::from(weight));
    }
}

vectorised! {
    fn finish(sums: &[i32], out: &mut [u8]) {
        out.iter_mut().zip(sums).for_each(|(out, sum)| *out = (sum >> BITS).clamp(0, 255) as u8);
    }
}

/// One row of `length` bytes; `pixels` may go on behind it. `out` has room for eight bytes behind its last pixel.
fn along_row<const C: usize>(pixels: &[u8], length: usize, columns: &Taps, out: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if C > 1 && crate::vectorised::has_avx2() {
        // Eight bytes are read where two pixels are fewer: nowhere beyond the last byte.
        let end = columns.before((pixels.len() + C).saturating_sub(8) / C) / 4 * 4;
        // SAFETY: the processor has what the function was compiled for; pairs begin eight bytes before the end.
        match columns.pairs_each {
            1 => unsafe { wide::<C, true>(pixels, columns, end, out) },
            _ => unsafe { wide::<C, false>(pixels, columns, end, out) },
        }
        return plain::<C>(&pixels[..length], columns, end, out);
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    if C > 1 {
        let end = columns.before((pixels.len() + C).saturating_sub(8) / C) / 2 * 2;
        // SAFETY: pairs begin eight bytes before the end.
        unsafe { narrow::<C>(pixels, columns, end, out) };
        return plain::<C>(&pixels[..length], columns, end, out);
    }
    plain::<C>(&pixels[..length], columns, 0, out);
}

/// From target `start` on.
fn plain<const C: usize>(row: &[u8], columns: &Taps, start: usize, out: &mut [u8]) {
    let pixels = row.as_chunks::<C>().0;
    for (target, out) in out.as_chunks_mut::<C>().0.iter_mut().enumerate().take(columns.len()).skip(start) {
        let (first, weights) = columns.of(target);
        let mut sums = [HALF; C];
        for (pixel, weight) in pixels[first..].iter().zip(weights) {
            (0..C).for_each(|channel| sums[channel] += i32::from(pixel[channel]) * i32::from(*weight));
        }
        *out = sums.map(|sum| (sum >> BITS).clamp(0, 255) as u8);
    }
}

/// Orders of bytes in registers of 16; -128 is none.
#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
struct Orders<const C: usize>;

#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
impl<const C: usize> Orders<C> {
    /// Channel by channel the left and the right tap, each as 16 bits.
    const TAPS: [i8; 16] = {
        let mut order = [-128; 16];
        let mut i = 0;
        while i < 16 {
            if i % 2 == 0 && i / 4 < C {
                order[i] = (i / 4 + i % 4 / 2 * C) as i8;
            }
            i += 1;
        }
        order
    };
    /// The channels of two pixels, from four bytes each.
    const PACKED: [i8; 16] = {
        let mut order = [-128; 16];
        let mut i = 0;
        while i < 2 * C {
            order[i] = (i / C * 4 + i % C) as i8;
            i += 1;
        }
        order
    };
}

/// Two taps of two targets at a time: the channels of both taps side by side, multiplied by their weights and added.
///
/// # Safety
/// `ONE` says that there is one pair of taps a target. Every pair of the first `end` targets, a multiple of four, begins
/// eight bytes before the end of `pixels` or earlier.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn wide<const C: usize, const ONE: bool>(pixels: &[u8], columns: &Taps, end: usize, out: &mut [u8]) {
    use std::arch::x86_64::*;
    let pairs_each = if ONE { 1 } else { columns.pairs_each };
    assert!(columns.pairs.len() >= end * columns.pairs_each && out.len() >= end * C + 8);
    // SAFETY: 16 bytes are read from arrays of 16; what else is read and written, the caller and the line above vouch for.
    unsafe {
        let order = _mm256_broadcastsi128_si256(_mm_loadu_si128(Orders::<C>::TAPS.as_ptr().cast()));
        let packed = _mm_loadu_si128(Orders::<C>::PACKED.as_ptr().cast());
        let half = _mm256_set1_epi32(HALF);
        let (front, back) = (_mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1), _mm256_setr_epi32(2, 2, 2, 2, 3, 3, 3, 3));
        let weights = columns.pairs.as_ptr().cast::<i32>();
        for target in (0..end).step_by(4) {
            let mut sums = [half; 2];
            for pair in 0..pairs_each {
                let tap = |target: usize| {
                    let at = (*columns.firsts.get_unchecked(target) as usize + 2 * pair) * C;
                    debug_assert!(at + 8 <= pixels.len());
                    _mm_loadl_epi64(pixels.as_ptr().add(at).cast())
                };
                let four = match ONE {
                    true => _mm_loadu_si128(weights.add(target).cast()),
                    false => {
                        let [a, b, c, d] =
                            [0, 1, 2, 3].map(|i| weights.add((target + i) * pairs_each + pair).read_unaligned());
                        _mm_setr_epi32(a, b, c, d)
                    }
                };
                let four = _mm256_castsi128_si256(four);
                let spread = [_mm256_permutevar8x32_epi32(four, front), _mm256_permutevar8x32_epi32(four, back)];
                for number in 0..2 {
                    let [one, other] = [target + 2 * number, target + 2 * number + 1];
                    let taps = _mm256_shuffle_epi8(_mm256_set_m128i(tap(other), tap(one)), order);
                    sums[number] = _mm256_add_epi32(sums[number], _mm256_madd_epi16(taps, spread[number]));
                }
            }
            let first = _mm256_srai_epi32(sums[0], BITS as i32);
            let second = _mm256_srai_epi32(sums[1], BITS as i32);
            let words = _mm256_packs_epi32(first, second);
            let bytes = _mm256_packus_epi16(words, words);
            // The low half has targets 0 and 2, the high half 1 and 3.
            let levels = _mm_unpacklo_epi32(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
            let out = out.as_mut_ptr().add(target * C);
            _mm_storel_epi64(out.cast(), _mm_shuffle_epi8(levels, packed));
            _mm_storel_epi64(out.add(2 * C).cast(), _mm_shuffle_epi8(_mm_unpackhi_epi64(levels, levels), packed));
        }
    }
}

/// The same with registers of 16 bytes, as browsers have them: one target a register.
///
/// # Safety
/// Every pair of the first `end` targets, a multiple of two, begins eight bytes before the end of `pixels` or earlier.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
unsafe fn narrow<const C: usize>(pixels: &[u8], columns: &Taps, end: usize, out: &mut [u8]) {
    use std::arch::wasm32::*;
    let pairs_each = columns.pairs_each;
    assert!(columns.pairs.len() >= end * pairs_each && out.len() >= end * C + 8);
    // SAFETY: 16 bytes are read from arrays of 16; what else is read and written, the caller and the line above vouch for.
    unsafe {
        let [order, packed] = [&Orders::<C>::TAPS, &Orders::<C>::PACKED].map(|order| v128_load(order.as_ptr().cast()));
        let weights = columns.pairs.as_ptr().cast::<i32>();
        let one = |target: usize| {
            let first = *columns.firsts.get_unchecked(target) as usize;
            let mut sums = i32x4_splat(HALF);
            for pair in 0..pairs_each {
                let at = (first + 2 * pair) * C;
                debug_assert!(at + 8 <= pixels.len());
                let taps = u8x16_swizzle(v128_load64_zero(pixels.as_ptr().add(at).cast()), order);
                let both = i32x4_splat(weights.add(target * pairs_each + pair).read_unaligned());
                sums = i32x4_add(sums, i32x4_dot_i16x8(taps, both));
            }
            i32x4_shr(sums, BITS)
        };
        for target in (0..end).step_by(2) {
            let words = i16x8_narrow_i32x4(one(target), one(target + 1));
            let bytes = u8x16_swizzle(u8x16_narrow_i16x8(words, words), packed);
            v128_store64_lane::<0>(bytes, out.as_mut_ptr().add(target * C).cast());
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
            let row: Vec<u8> = (0..5).flat_map(|group| words(group, 0)).map(|word| word as u8).take(60 * C).collect();
            for (to, interpolation) in
                [(60, Interpolation::Bilinear), (97, Interpolation::Bicubic), (7, Interpolation::Bilinear)]
            {
                let columns = Taps::new(1.3, 57.9, 60, to, interpolation);
                let (mut one, mut other) = (vec![0; to as usize * C + 8], vec![0; to as usize * C + 8]);
                along_row::<C>(&row, row.len(), &columns, &mut one);
                plain::<C>(&row, &columns, 0, &mut other);
                assert_eq!(one[..to as usize * C], other[..to as usize * C]);
            }
        }
        check::<3>();
        check::<4>();
    }
}
