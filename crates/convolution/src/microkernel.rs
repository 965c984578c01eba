//! The GEMM microkernel: a block of [`MR`] x [`NR`] sums in registers, with AVX2 and FMA where they are detected.

/// Columns of a panel.
pub const NR: usize = 16;
/// Rows of a block: `MR * NR` sums fill the registers of AVX2.
pub const MR: usize = 6;

/// The loops for the features of this CPU.
#[derive(Clone, Copy, Debug)]
pub struct Microkernel {
    fused: bool,
}

impl Microkernel {
    /// Detects AVX2 and FMA.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        let fused = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        #[cfg(not(target_arch = "x86_64"))]
        let fused = false;
        Self { fused }
    }

    /// Are AVX2 and FMA available, so that a product is added without intermediate rounding?
    pub fn fused(self) -> bool {
        self.fused
    }

    /// Multiplies `a` `[depth, rows]`, transposed, by `b` `[depth, NR]` into the first `rows` rows of `out`. `rows` is 1 to [`MR`].
    pub fn multiply(self, a: &[f32], rows: usize, b: &[f32], out: &mut [[f32; NR]; MR]) {
        match rows {
            1 => self.multiply_rows::<1>(a, b, out),
            2 => self.multiply_rows::<2>(a, b, out),
            3 => self.multiply_rows::<3>(a, b, out),
            4 => self.multiply_rows::<4>(a, b, out),
            5 => self.multiply_rows::<5>(a, b, out),
            _ => self.multiply_rows::<MR>(a, b, out),
        }
    }

    fn multiply_rows<const R: usize>(self, a: &[f32], b: &[f32], out: &mut [[f32; NR]; MR]) {
        #[cfg(target_arch = "x86_64")]
        if self.fused {
            // SAFETY: AVX2 and FMA were detected.
            return unsafe { fused::multiply::<R>(a, b, out) };
        }
        multiply::<R, false>(a, b, out);
    }

    /// From each row of `x`, `row_len` long, copies `NR` values from `start` on, bitwise masked by `mask`.
    pub fn copy_masked<'a>(
        self,
        x: &[f32],
        start: usize,
        row_len: usize,
        mask: &[u32; NR],
        to: impl Iterator<Item = &'a mut [f32; NR]>,
    ) {
        #[cfg(target_arch = "x86_64")]
        if self.fused {
            // SAFETY: AVX2 and FMA were detected.
            return unsafe { fused::copy_masked(x, start, row_len, mask, to) };
        }
        copy_masked(x, start, row_len, mask, to);
    }

    /// Transposes a block.
    pub fn transpose(self, from: &[[f32; NR]; NR], to: &mut [[f32; NR]; NR]) {
        #[cfg(target_arch = "x86_64")]
        if self.fused {
            // SAFETY: AVX2 and FMA were detected.
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

    use super::{MR, NR};

    /// f32 lanes of an AVX register.
    const LANES: usize = 8;

    #[target_feature(enable = "avx2,fma")]
    pub fn multiply<const R: usize>(a: &[f32], b: &[f32], out: &mut [[f32; NR]; MR]) {
        super::multiply::<R, true>(a, b, out);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn copy_masked<'a>(
        x: &[f32],
        start: usize,
        row_len: usize,
        mask: &[u32; NR],
        to: impl Iterator<Item = &'a mut [f32; NR]>,
    ) {
        super::copy_masked(x, start, row_len, mask, to);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn transpose(from: &[[f32; NR]; NR], to: &mut [[f32; NR]; NR]) {
        for (down, right) in [(0, 0), (0, LANES), (LANES, 0), (LANES, LANES)] {
            let rows: [__m256; LANES] = std::array::from_fn(|i| {
                let row: &[f32; LANES] = from[down + i][right..right + LANES].try_into().expect("half a row");
                // SAFETY: eight readable values; the instruction needs no alignment.
                unsafe { _mm256_loadu_ps(row.as_ptr()) }
            });
            for (i, column) in transposed(rows).into_iter().enumerate() {
                let row: &mut [f32; LANES] = (&mut to[right + i][down..down + LANES]).try_into().expect("half a row");
                // SAFETY: as above.
                unsafe { _mm256_storeu_ps(row.as_mut_ptr(), column) };
            }
        }
    }

    /// Transposes 8 x 8: pairs of rows are interleaved, then pairs of pairs, then halves exchanged.
    #[target_feature(enable = "avx2,fma")]
    fn transposed(r: [__m256; LANES]) -> [__m256; LANES] {
        let mut pairs = [r[0]; LANES];
        for i in 0..LANES / 2 {
            pairs[2 * i] = _mm256_unpacklo_ps(r[2 * i], r[2 * i + 1]);
            pairs[2 * i + 1] = _mm256_unpackhi_ps(r[2 * i], r[2 * i + 1]);
        }
        let mut fours = [r[0]; LANES];
        for half in [0, 4] {
            for i in 0..2 {
                let (a, b) = (pairs[half + i], pairs[half + i + 2]);
                fours[half + 2 * i] = _mm256_shuffle_ps::<0b0100_0100>(a, b);
                fours[half + 2 * i + 1] = _mm256_shuffle_ps::<0b1110_1110>(a, b);
            }
        }
        let mut columns = [r[0]; LANES];
        for i in 0..LANES / 2 {
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
fn multiply<const R: usize, const FUSED: bool>(a: &[f32], b: &[f32], out: &mut [[f32; NR]; MR]) {
    let mut sums = [[0.0f32; NR]; R];
    for (a, b) in a.as_chunks::<R>().0.iter().zip(b.as_chunks::<NR>().0) {
        for (sums, a) in sums.iter_mut().zip(a) {
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum = add_product::<FUSED>(*sum, *a, *b);
            }
        }
    }
    out[..R].copy_from_slice(&sums);
}

#[inline(always)]
fn copy_masked<'a>(
    x: &[f32],
    start: usize,
    row_len: usize,
    mask: &[u32; NR],
    to: impl Iterator<Item = &'a mut [f32; NR]>,
) {
    for (row, to) in x.chunks_exact(row_len).zip(to) {
        let from: &[f32; NR] = row[start..].first_chunk().expect("NR pixels");
        for i in 0..NR {
            to[i] = f32::from_bits(from[i].to_bits() & mask[i]);
        }
    }
}

#[inline(always)]
fn transpose(from: &[[f32; NR]; NR], to: &mut [[f32; NR]; NR]) {
    for (column, to) in to.iter_mut().enumerate() {
        for (to, from) in to.iter_mut().zip(from) {
            *to = from[column];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(len: usize) -> Vec<f32> {
        (0..len).map(|i| ((i * 37 + 11) % 64) as f32 / 32.0 - 1.0).collect()
    }

    #[test]
    fn multiply_is_the_matrix_product_with_and_without_fma() {
        let depth = 29;
        for microkernel in [Microkernel { fused: false }, Microkernel::detect()] {
            for rows in 1..=MR {
                let (a, b) = (values(depth * rows), values(depth * NR));
                let mut out = [[f32::NAN; NR]; MR];
                microkernel.multiply(&a, rows, &b, &mut out);
                for (row, found) in out[..rows].iter().enumerate() {
                    for (column, found) in found.iter().enumerate() {
                        let expected: f32 = (0..depth).map(|d| a[d * rows + row] * b[d * NR + column]).sum();
                        assert!((found - expected).abs() < 1e-4, "{rows} rows: {found} for {expected}");
                    }
                }
            }
        }
    }

    #[test]
    fn transpose_swaps_rows_and_columns_with_and_without_avx2() {
        let from: [[f32; NR]; NR] =
            std::array::from_fn(|row| std::array::from_fn(|column| (row * 100 + column) as f32));
        for microkernel in [Microkernel { fused: false }, Microkernel::detect()] {
            let mut to = [[0.0; NR]; NR];
            microkernel.transpose(&from, &mut to);
            assert!((0..NR * NR).all(|at| to[at / NR][at % NR] == from[at % NR][at / NR]));
        }
    }
}
