//! The innermost loops: small tiles of products, whose sums stay in registers.

/// Columns of a strip.
pub const STRIP: usize = 16;
/// Most rows of a tile: with a strip's columns, as many sums as a vector unit has registers for.
pub const ROWS: usize = 6;

/// The tiles, for the processor that this runs on.
#[derive(Clone, Copy, Debug)]
pub struct Tiles {
    fused: bool,
}

impl Tiles {
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        let fused = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        #[cfg(not(target_arch = "x86_64"))]
        let fused = false;
        Self { fused }
    }

    /// Whether products are added without a rounding between.
    pub fn fused(self) -> bool {
        self.fused
    }

    /// `a` `[depth, rows]` times `b` `[depth, STRIP]`: the first rows of what is returned.
    pub fn multiply(self, a: &[f32], rows: usize, b: &[f32], out: &mut [[f32; STRIP]; ROWS]) {
        match rows {
            1 => self.multiply_rows::<1>(a, b, out),
            2 => self.multiply_rows::<2>(a, b, out),
            3 => self.multiply_rows::<3>(a, b, out),
            4 => self.multiply_rows::<4>(a, b, out),
            5 => self.multiply_rows::<5>(a, b, out),
            _ => self.multiply_rows::<ROWS>(a, b, out),
        }
    }

    fn multiply_rows<const R: usize>(self, a: &[f32], b: &[f32], out: &mut [[f32; STRIP]; ROWS]) {
        #[cfg(target_arch = "x86_64")]
        if self.fused {
            // SAFETY: the processor was asked.
            return unsafe { fused::multiply::<R>(a, b, out) };
        }
        multiply::<R, false>(a, b, out);
    }

    /// From each row of `x`, the strip that starts at `start`, where the mask's bits are set.
    pub fn copy<'a>(
        self,
        x: &[f32],
        start: usize,
        row: usize,
        mask: &[u32; STRIP],
        to: impl Iterator<Item = &'a mut [f32; STRIP]>,
    ) {
        #[cfg(target_arch = "x86_64")]
        if self.fused {
            // SAFETY: the processor was asked.
            return unsafe { fused::copy(x, start, row, mask, to) };
        }
        copy(x, start, row, mask, to);
    }

    /// A block of a panel the other way round.
    pub fn transpose(self, from: &[[f32; STRIP]; STRIP], to: &mut [[f32; STRIP]; STRIP]) {
        #[cfg(target_arch = "x86_64")]
        if self.fused {
            // SAFETY: the processor was asked.
            return unsafe { fused::transpose(from, to) };
        }
        transpose(from, to);
    }
}

#[cfg(target_arch = "x86_64")]
mod fused {
    use std::arch::x86_64::{
        __m256, _mm256_loadu_ps, _mm256_permute2f128_ps, _mm256_shuffle_ps, _mm256_storeu_ps, _mm256_unpackhi_ps,
        _mm256_unpacklo_ps,
    };

    use super::{ROWS, STRIP};

    /// Numbers in a vector.
    const EIGHT: usize = 8;

    #[target_feature(enable = "avx2,fma")]
    pub fn multiply<const R: usize>(a: &[f32], b: &[f32], out: &mut [[f32; STRIP]; ROWS]) {
        super::multiply::<R, true>(a, b, out);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn copy<'a>(
        x: &[f32],
        start: usize,
        row: usize,
        mask: &[u32; STRIP],
        to: impl Iterator<Item = &'a mut [f32; STRIP]>,
    ) {
        super::copy(x, start, row, mask, to);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn transpose(from: &[[f32; STRIP]; STRIP], to: &mut [[f32; STRIP]; STRIP]) {
        for (down, right) in [(0, 0), (0, EIGHT), (EIGHT, 0), (EIGHT, EIGHT)] {
            let rows: [__m256; EIGHT] = std::array::from_fn(|i| {
                let row: &[f32; EIGHT] = from[down + i][right..right + EIGHT].try_into().expect("half a row");
                // SAFETY: a vector's worth of numbers; the instruction asks for no alignment.
                unsafe { _mm256_loadu_ps(row.as_ptr()) }
            });
            for (i, column) in turned(rows).into_iter().enumerate() {
                let row: &mut [f32; EIGHT] = (&mut to[right + i][down..down + EIGHT]).try_into().expect("half a row");
                // SAFETY: as above.
                unsafe { _mm256_storeu_ps(row.as_mut_ptr(), column) };
            }
        }
    }

    /// Eight rows of eight as columns: pairs of rows are interleaved, then pairs of pairs, then halves exchanged.
    #[target_feature(enable = "avx2,fma")]
    fn turned(r: [__m256; EIGHT]) -> [__m256; EIGHT] {
        let mut pairs = [r[0]; EIGHT];
        for i in 0..EIGHT / 2 {
            pairs[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
            pairs[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
        }
        let mut fours = [r[0]; EIGHT];
        for half in [0, 4] {
            for i in 0..2 {
                let (a, b) = (pairs[half + i], pairs[half + i + 2]);
                fours[half + 2 * i] = _mm256_shuffle_ps::<0b0100_0100>(a, b);
                fours[half + 2 * i + 1] = _mm256_shuffle_ps::<0b1110_1110>(a, b);
            }
        }
        let mut columns = [r[0]; EIGHT];
        for i in 0..EIGHT / 2 {
            columns[i] = _mm256_permute2f128_ps::<0x20>(fours[i], fours[i + 4]);
            columns[i + 4] = _mm256_permute2f128_ps::<0x31>(fours[i], fours[i + 4]);
        }
        columns
    }
}

#[inline(always)]
fn add_product<const FUSED: bool>(sum: f32, a: f32, b: f32) -> f32 {
    if FUSED { a.mul_add(b, sum) } else { sum + a * b }
}

#[inline(always)]
fn multiply<const R: usize, const FUSED: bool>(a: &[f32], b: &[f32], out: &mut [[f32; STRIP]; ROWS]) {
    let mut sums = [[0.0f32; STRIP]; R];
    for (a, b) in a.as_chunks::<R>().0.iter().zip(b.as_chunks::<STRIP>().0) {
        for (sums, a) in sums.iter_mut().zip(a) {
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum = add_product::<FUSED>(*sum, *a, *b);
            }
        }
    }
    out[..R].copy_from_slice(&sums);
}

#[inline(always)]
fn copy<'a>(x: &[f32], start: usize, row: usize, mask: &[u32; STRIP], to: impl Iterator<Item = &'a mut [f32; STRIP]>) {
    for (row, to) in x.chunks_exact(row).zip(to) {
        let from: &[f32; STRIP] = row[start..].first_chunk().expect("a strip of pixels");
        for i in 0..STRIP {
            to[i] = f32::from_bits(from[i].to_bits() & mask[i]);
        }
    }
}

#[inline(always)]
fn transpose(from: &[[f32; STRIP]; STRIP], to: &mut [[f32; STRIP]; STRIP]) {
    for (column, to) in to.iter_mut().enumerate() {
        for (to, from) in to.iter_mut().zip(from) {
            *to = from[column];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(len: usize) -> Vec<f32> {
        (0..len).map(|i| ((i * 37 + 11) % 64) as f32 / 32.0 - 1.0).collect()
    }

    #[test]
    fn a_tile_is_the_product_with_and_without_fused_instructions() {
        let depth = 29;
        for tiles in [Tiles { fused: false }, Tiles::detect()] {
            for rows in 1..=ROWS {
                let (a, b) = (drawn(depth * rows), drawn(depth * STRIP));
                let mut out = [[f32::NAN; STRIP]; ROWS];
                tiles.multiply(&a, rows, &b, &mut out);
                for (row, found) in out[..rows].iter().enumerate() {
                    for (column, found) in found.iter().enumerate() {
                        let expected: f32 = (0..depth).map(|d| a[d * rows + row] * b[d * STRIP + column]).sum();
                        assert!((found - expected).abs() < 1e-4, "{rows} rows: {found} for {expected}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_block_is_turned_with_and_without_vector_instructions() {
        let from: [[f32; STRIP]; STRIP] =
            std::array::from_fn(|row| std::array::from_fn(|column| (row * 100 + column) as f32));
        for tiles in [Tiles { fused: false }, Tiles::detect()] {
            let mut to = [[0.0; STRIP]; STRIP];
            tiles.transpose(&from, &mut to);
            assert!((0..STRIP * STRIP).all(|at| to[at / STRIP][at % STRIP] == from[at % STRIP][at / STRIP]));
        }
    }
}
