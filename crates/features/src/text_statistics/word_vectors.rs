//! Word vectors from co-occurrence in titles.
//!
//! The leading subspace of the PPMI matrix (Levy & Goldberg 2014) by subspace iteration. Only cosines are used, so the basis within
//! the subspace does not matter.

use crate::hash::combine;

/// Length of a word vector.
pub(super) const DIM: usize = 32;
/// Iterations of multiplication and orthonormalisation.
const ROUNDS: usize = 6;
/// Exponent of context frequencies (context distribution smoothing).
const SMOOTHING: f64 = 0.75;
/// Added to the diagonal: a word is most similar to itself.
const DIAGONAL: f64 = 3.0;
/// A column whose norm falls below this share of its former norm is linearly dependent.
const DEPENDENT: f64 = 1e-10;

/// Unit vectors, `[words, DIM]`. The hashes `stems` seed the iteration; `texts` has the distinct words of each title as indices
/// into `stems`.
pub(super) fn fit(stems: &[u64], texts: &[Vec<u32>]) -> Vec<f32> {
    let association = associations(stems.len(), texts);
    let start = |column: usize| {
        let value = |stem: &u64| (combine(*stem, column as u64) >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
        stems.iter().map(value).collect::<Vec<f64>>()
    };
    let mut columns: Vec<Vec<f64>> = (0..DIM).map(start).collect();
    orthonormalise(&mut columns);
    for _ in 0..ROUNDS {
        columns.iter_mut().for_each(|column| *column = multiply(&association, column));
        orthonormalise(&mut columns);
    }
    let mut out = vec![0.0; stems.len() * DIM];
    for (row, vector) in out.chunks_exact_mut(DIM).enumerate() {
        let norm = columns.iter().map(|column| column[row] * column[row]).sum::<f64>().sqrt() + 1e-9;
        vector.iter_mut().zip(&columns).for_each(|(value, column)| *value = (column[row] / norm) as f32);
    }
    out
}

/// Rows of the association matrix without its diagonal.
type Rows = Vec<Vec<(u32, f64)>>;

fn associations(words: usize, texts: &[Vec<u32>]) -> Rows {
    // Dense counts, at most 64 MiB: the vocabulary is bounded.
    let mut counts = vec![0u32; words * words];
    for text in texts {
        for &a in text {
            for &b in text {
                counts[a as usize * words + b as usize] += u32::from(a != b);
            }
        }
    }
    let row = |a: usize| &counts[a * words..(a + 1) * words];
    let totals: Vec<f64> = (0..words).map(|a| row(a).iter().map(|&n| f64::from(n)).sum()).collect();
    let total: f64 = totals.iter().sum();
    let smoothed: Vec<f64> = totals.iter().map(|n| n.powf(SMOOTHING)).collect();
    let scale = total / smoothed.iter().sum::<f64>();
    let information = |a: usize, b: usize, n: u32| (f64::from(n) * total / (totals[a] * smoothed[b] * scale)).ln();
    let positive = |a: usize| {
        let shared = row(a).iter().enumerate().filter(|(_, n)| **n > 0);
        shared.map(|(b, &n)| (b as u32, information(a, b, n))).filter(|(_, value)| *value > 0.0).collect()
    };
    (0..words).map(positive).collect()
}

fn multiply(rows: &Rows, column: &[f64]) -> Vec<f64> {
    let dot = |(row, own): (&Vec<(u32, f64)>, &f64)| {
        row.iter().map(|(b, value)| value * column[*b as usize]).sum::<f64>() + DIAGONAL * own
    };
    rows.iter().zip(column).map(dot).collect()
}

/// Modified Gram-Schmidt, twice for precision. Columns beyond the number of words become zero.
fn orthonormalise(columns: &mut [Vec<f64>]) {
    for k in 0..columns.len() {
        let (done, rest) = columns.split_at_mut(k);
        let column = &mut rest[0];
        let before = norm(column);
        for _ in 0..2 {
            for other in done.iter() {
                let dot: f64 = column.iter().zip(other).map(|(a, b)| a * b).sum();
                column.iter_mut().zip(other).for_each(|(a, b)| *a -= dot * b);
            }
        }
        let after = norm(column);
        let scale = if after > DEPENDENT * before { 1.0 / after } else { 0.0 };
        column.iter_mut().for_each(|value| *value *= scale);
    }
}

fn norm(column: &[f64]) -> f64 {
    column.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(vectors: &[f32], a: usize, b: usize) -> f32 {
        let row = |k: usize| &vectors[k * DIM..(k + 1) * DIM];
        row(a).iter().zip(row(b)).map(|(x, y)| x * y).sum()
    }

    #[test]
    fn words_of_the_same_titles_are_more_similar_than_others() {
        // 32 topics of five words; a title has four words of one topic.
        let stems: Vec<u64> = (0..160).collect();
        let title = |t: u32| (0..5).filter(|k| *k != t % 5).map(|k| 5 * (t % 32) + k).collect();
        let titles: Vec<Vec<u32>> = (0..800).map(title).collect();
        let vectors = fit(&stems, &titles);
        assert!(cosine(&vectors, 0, 1) > 0.9, "{}", cosine(&vectors, 0, 1));
        assert!(cosine(&vectors, 0, 5).abs() < 0.1, "{}", cosine(&vectors, 0, 5));
        assert!((cosine(&vectors, 3, 3) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn few_or_no_words_have_finite_vectors() {
        assert!(fit(&[], &[]).is_empty());
        let alone = fit(&[7, 8], &[vec![0], vec![1]]);
        assert!(alone.iter().all(|v| v.is_finite()) && cosine(&alone, 0, 1).abs() < 1e-6);
    }
}
