//! Comparisons of an item with the rest of its list.

use crate::matrix::Matrix;

/// Names of the comparisons, appended to a feature's name.
pub const COMPARISONS: [&str; 3] = ["minus_mean", "minus_max", "rank"];

/// Appends, for each of `columns`, the value minus the list's mean, minus the list's maximum, and its rank fraction
/// (0 the smallest, 1 the largest, ties share). Unknown values are left out and stay unknown.
pub fn append(matrix: &Matrix, columns: &[usize]) -> Matrix {
    let rows = matrix.rows();
    let mut out = Matrix::unknown(rows, matrix.columns + columns.len() * COMPARISONS.len());
    for row in 0..rows {
        out.row_mut(row)[..matrix.columns].copy_from_slice(matrix.row(row));
    }
    let mut sorted = Vec::with_capacity(rows);
    for (k, &column) in columns.iter().enumerate() {
        sorted.clear();
        sorted.extend(matrix.column(column).filter(|v| v.is_finite()));
        if sorted.is_empty() {
            continue;
        }
        sorted.sort_unstable_by(f32::total_cmp);
        let mean = sorted.iter().sum::<f32>() / sorted.len() as f32;
        let max = sorted[sorted.len() - 1];
        let at = matrix.columns + k * COMPARISONS.len();
        for row in 0..rows {
            let value = matrix.row(row)[column];
            if value.is_finite() {
                let cells = &mut out.row_mut(row)[at..at + COMPARISONS.len()];
                cells.copy_from_slice(&[value - mean, value - max, rank(&sorted, value)]);
            }
        }
    }
    out
}

fn rank(sorted: &[f32], value: f32) -> f32 {
    if sorted.len() < 2 {
        return 0.5;
    }
    let below = sorted.partition_point(|v| *v < value);
    let equal = sorted[below..].partition_point(|v| *v <= value);
    (below as f32 + 0.5 * (equal as f32 - 1.0)) / (sorted.len() - 1) as f32
}

/// The names of a group's columns once [`append`] has run.
pub fn names(base: &[&str], columns: &[usize]) -> Vec<String> {
    let compared = columns.iter().flat_map(|&c| COMPARISONS.iter().map(move |k| format!("{}_{k}", base[c])));
    base.iter().map(|n| (*n).to_owned()).chain(compared).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_a_rank_and_unknown_values_stay_unknown() {
        let out = append(&Matrix { values: vec![1.0, 2.0, 2.0, f32::NAN], columns: 1 }, &[0]);
        assert_eq!(out.row(0)[3], 0.0);
        assert_eq!(out.row(1)[3], 0.75);
        assert_eq!(out.row(2)[3], 0.75);
        assert!(out.row(3)[1..].iter().all(|v| v.is_nan()));
    }

    #[test]
    fn the_order_of_items_never_changes_a_comparison() {
        let a = append(&Matrix { values: vec![3.0, 1.0, 2.0], columns: 1 }, &[0]);
        let b = append(&Matrix { values: vec![2.0, 3.0, 1.0], columns: 1 }, &[0]);
        assert_eq!(a.row(0), b.row(1));
        assert_eq!(a.row(2), b.row(0));
    }
}
