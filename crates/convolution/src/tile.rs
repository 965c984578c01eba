//! The innermost loops: small tiles of products, whose sums stay in registers.

/// Columns of a strip.
pub const STRIP: usize = 16;
/// Most rows of a tile: with a strip's columns, as many sums as a vector unit has registers for.
pub const ROWS: usize = 6;
/// Rows and taps of a tile of [`Tiles::dot`].
pub const DOT: [usize; 2] = [3, 4];
/// Numbers in a vector of [`Tiles::dot`].
const LANES: usize = 8;

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

    /// Products of rows of `a` with rows of `b`, strip by strip: `a[row]` and `b[tap]` start at these places, their next strips
    /// follow after `a_step` and `b_step` numbers.
    pub fn dot(self, a: (&[f32], [usize; DOT[0]], usize), b: (&[f32], [usize; DOT[1]], usize), strips: usize) -> [[f32; DOT[1]]; DOT[0]] {
        #[cfg(target_arch = "x86_64")]
        if self.fused {
            // SAFETY: the processor was asked.
            return unsafe { fused::dot(a, b, strips) };
        }
        dot::<false>(a, b, strips)
    }
}

#[cfg(target_arch = "x86_64")]
mod fused {
    use super::{DOT, ROWS, STRIP};

    #[target_feature(enable = "avx2,fma")]
    pub fn multiply<const R: usize>(a: &[f32], b: &[f32], out: &mut [[f32; STRIP]; ROWS]) {
        super::multiply::<R, true>(a, b, out);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn dot(a: (&[f32], [usize; DOT[0]], usize), b: (&[f32], [usize; DOT[1]], usize), strips: usize) -> [[f32; DOT[1]]; DOT[0]] {
        super::dot::<true>(a, b, strips)
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
fn dot<const FUSED: bool>(
    (a, a_at, a_step): (&[f32], [usize; DOT[0]], usize),
    (b, b_at, b_step): (&[f32], [usize; DOT[1]], usize),
    strips: usize,
) -> [[f32; DOT[1]]; DOT[0]] {
    let mut sums = [[[0.0f32; LANES]; DOT[1]]; DOT[0]];
    for strip in 0..strips {
        for half in 0..STRIP / LANES {
            let load = |values: &[f32], at: usize| -> [f32; LANES] {
                values[at..at + LANES].try_into().expect("as long as a vector")
            };
            let bs = b_at.map(|at| load(b, at + strip * b_step + half * LANES));
            for (sums, at) in sums.iter_mut().zip(a_at) {
                let a = load(a, at + strip * a_step + half * LANES);
                for (sum, b) in sums.iter_mut().zip(&bs) {
                    for lane in 0..LANES {
                        sum[lane] = add_product::<FUSED>(sum[lane], a[lane], b[lane]);
                    }
                }
            }
        }
    }
    sums.map(|row| row.map(|lanes| ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]))))
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
    fn a_tile_of_sums_is_the_product_with_and_without_fused_instructions() {
        let (strips, a, b) = (3, drawn(500), drawn(900));
        let (a_at, b_at) = ([0, 70, 140], [5, 25, 45, 200]);
        for tiles in [Tiles { fused: false }, Tiles::detect()] {
            let found = tiles.dot((&a, a_at, STRIP), (&b, b_at, 40), strips);
            for (row, from) in a_at.iter().enumerate() {
                for (tap, to) in b_at.iter().enumerate() {
                    let product = |at: usize| a[from + at] * b[to + at / STRIP * 40 + at % STRIP];
                    let expected: f32 = (0..strips * STRIP).map(product).sum();
                    assert!((found[row][tap] - expected).abs() < 1e-4, "{} for {expected}", found[row][tap]);
                }
            }
        }
    }
}
