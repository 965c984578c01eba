//! Looking every byte up in a table of 256.

use crate::vectorised::vectorised;

/// One table for every channel, or one for each of red, green and blue. Opacity has none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tables {
    Same(Box<[u8; 256]>),
    Each(Box<[[u8; 256]; 3]>),
}

impl Tables {
    pub fn from_levels(level: impl Fn(u8) -> u8) -> Self {
        Self::Same(Box::new(std::array::from_fn(|i| level(i as u8))))
    }

    /// First `self`, then `next`: exactly what both do one after the other.
    pub fn then(&self, next: &Self) -> Self {
        let both = |first: &[u8; 256], second: &[u8; 256]| first.map(|level| second[usize::from(level)]);
        match (self, next) {
            (Self::Same(first), Self::Same(second)) => Self::Same(Box::new(both(first, second))),
            (Self::Each(_), _) | (_, Self::Each(_)) => {
                Self::Each(Box::new([0, 1, 2].map(|channel| both(self.of(channel), next.of(channel)))))
            }
        }
    }

    pub fn of(&self, channel: usize) -> &[u8; 256] {
        match self {
            Self::Same(table) => table,
            Self::Each(tables) => &tables[channel],
        }
    }

    /// Looks up `source` into `out`; what happens to opacity is the caller's.
    pub fn apply<const C: usize>(&self, source: &[u8], out: &mut [u8]) {
        match (self, C) {
            (Self::Same(table), _) => same(source, out, table),
            (Self::Each(tables), 1) => same(source, out, &tables[0]),
            (Self::Each(tables), _) => each::<C>(source, out, tables),
        }
    }
}

fn same(source: &[u8], out: &mut [u8], table: &[u8; 256]) {
    #[cfg(target_arch = "x86_64")]
    if wide::available() {
        // SAFETY: the processor has what the function was compiled for.
        return unsafe { wide::same(source, out, table) };
    }
    plain(source, out, table);
}

fn plain(source: &[u8], out: &mut [u8], table: &[u8; 256]) {
    out.iter_mut().zip(source).for_each(|(out, level)| *out = table[usize::from(*level)]);
}

fn each<const C: usize>(source: &[u8], out: &mut [u8], tables: &[[u8; 256]; 3]) {
    #[cfg(target_arch = "x86_64")]
    if C == 3 && wide::available() {
        // SAFETY: the processor has what the function was compiled for.
        return unsafe { wide::each(source, out, tables) };
    }
    plain_each::<C>(source, out, tables);
}

fn plain_each<const C: usize>(source: &[u8], out: &mut [u8], tables: &[[u8; 256]; 3]) {
    for (out, pixel) in out.as_chunks_mut::<C>().0.iter_mut().zip(source.as_chunks::<C>().0) {
        (0..3).for_each(|channel| out[channel] = tables[channel][usize::from(pixel[channel])]);
    }
}

/// Permutations of bytes across two registers of 64 (AVX-512 VBMI): two of them look up 64 bytes in 256.
#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::*;

    const LANES: usize = 64;

    pub fn available() -> bool {
        is_x86_feature_detected!("avx512vbmi") && is_x86_feature_detected!("avx512bw")
    }

    type Parts = [__m512i; 4];

    #[target_feature(enable = "avx512vbmi,avx512bw")]
    fn parts(table: &[u8; 256]) -> Parts {
        // SAFETY: four times 64 bytes of 256.
        [0, 1, 2, 3].map(|part| unsafe { _mm512_loadu_si512(table.as_ptr().add(part * LANES).cast()) })
    }

    #[inline]
    #[target_feature(enable = "avx512vbmi,avx512bw")]
    fn look(levels: __m512i, table: Parts) -> __m512i {
        let low = _mm512_permutex2var_epi8(table[0], levels, table[1]);
        let high = _mm512_permutex2var_epi8(table[2], levels, table[3]);
        _mm512_mask_blend_epi8(_mm512_movepi8_mask(levels), low, high)
    }

    #[target_feature(enable = "avx512vbmi,avx512bw")]
    pub fn same(source: &[u8], out: &mut [u8], table: &[u8; 256]) {
        let wide = parts(table);
        let (whole, rest) = source.as_chunks::<LANES>();
        let (out_whole, out_rest) = out.as_chunks_mut::<LANES>();
        for (out, source) in out_whole.iter_mut().zip(whole) {
            // SAFETY: both are 64 bytes.
            unsafe {
                let levels = _mm512_loadu_si512(source.as_ptr().cast());
                _mm512_storeu_si512(out.as_mut_ptr().cast(), look(levels, wide));
            }
        }
        super::plain(rest, out_rest, table);
    }

    #[target_feature(enable = "avx512vbmi,avx512bw")]
    pub fn each(source: &[u8], out: &mut [u8], tables: &[[u8; 256]; 3]) {
        let [red, green, blue] = tables.each_ref().map(|table| parts(table));
        // Bytes of a channel in the first, second and third register of 64 pixels.
        let bytes = |channel: usize, register: usize| {
            (0..LANES).filter(|i| (i + register * LANES) % 3 == channel).fold(0u64, |mask, i| mask | 1 << i)
        };
        let masks = [0, 1, 2].map(|register| [bytes(1, register), bytes(2, register)]);
        let (whole, rest) = source.as_chunks::<{ 3 * LANES }>();
        let (out_whole, out_rest) = out.as_chunks_mut::<{ 3 * LANES }>();
        for (out, source) in out_whole.iter_mut().zip(whole) {
            for (register, [greens, blues]) in masks.into_iter().enumerate() {
                // SAFETY: the third of three times 64 bytes at most.
                unsafe {
                    let levels = _mm512_loadu_si512(source.as_ptr().add(register * LANES).cast());
                    let found = _mm512_mask_blend_epi8(greens, look(levels, red), look(levels, green));
                    let found = _mm512_mask_blend_epi8(blues, found, look(levels, blue));
                    _mm512_storeu_si512(out.as_mut_ptr().add(register * LANES).cast(), found);
                }
            }
        }
        super::plain_each::<3>(rest, out_rest, tables);
    }
}

vectorised! {
    /// Sum of each channel of pixels of `C` bytes.
    pub(crate) fn sums<const C: usize>(pixels: &[u8], sums: &mut [u64; 4]) {
        // Columns of bytes are added: as many as are a multiple of every number of channels.
        const COLUMNS: usize = 96;
        // 255 x 256 is less than 2^16.
        for part in pixels.chunks(COLUMNS * 256) {
            let mut columns = [0u16; COLUMNS];
            let (rows, rest) = part.as_chunks::<COLUMNS>();
            for row in rows {
                for i in 0..COLUMNS {
                    columns[i] += u16::from(row[i]);
                }
            }
            for (i, sum) in columns.into_iter().enumerate() {
                sums[i % C] += u64::from(sum);
            }
            for (i, level) in rest.iter().enumerate() {
                sums[i % C] += u64::from(*level);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrambled(seed: u32) -> [u8; 256] {
        std::array::from_fn(|i| (i as u32 * 167 + seed * 31 + 13) as u8)
    }

    #[test]
    fn vector_instructions_and_their_plain_twin_give_the_same_bits() {
        let pixels: Vec<u8> = (0..3 * 1000).map(|i| (i * 7 % 256) as u8).collect();
        let tables = [1, 2, 3].map(scrambled);
        let (mut one, mut other) = (vec![0; 3000], vec![0; 3000]);
        same(&pixels, &mut one, &tables[0]);
        plain(&pixels, &mut other, &tables[0]);
        assert_eq!(one, other);
        each::<3>(&pixels, &mut one, &tables);
        plain_each::<3>(&pixels, &mut other, &tables);
        assert_eq!(one, other);
    }

    #[test]
    fn tables_one_after_the_other_are_one_table() {
        let pixels: Vec<u8> = (0..768).map(|i| (i * 5 % 256) as u8).collect();
        let (first, second) = (Tables::Each(Box::new([4, 5, 6].map(scrambled))), Tables::Same(Box::new(scrambled(7))));
        let (mut one, mut two, mut both) = (vec![0; 768], vec![0; 768], vec![0; 768]);
        first.apply::<3>(&pixels, &mut one);
        second.apply::<3>(&one, &mut two);
        first.then(&second).apply::<3>(&pixels, &mut both);
        assert_eq!(two, both);
    }

    #[test]
    fn sums_are_those_of_each_channel() {
        let pixels: Vec<u8> = (0..3 * 20_000).map(|i| (i * 11 % 256) as u8).collect();
        let mut found = [0; 4];
        sums::<3>(&pixels, &mut found);
        for channel in 0..3 {
            let expected: u64 = pixels[channel..].iter().step_by(3).map(|level| u64::from(*level)).sum();
            assert_eq!(found[channel], expected);
        }
    }
}
