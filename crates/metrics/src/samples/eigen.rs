//! Cholesky factor and eigenvalues of symmetric matrices `[dim, dim]`, row-major.

/// Pivots below this share of the largest diagonal element count as 0.
const RANK_TOLERANCE: f64 = 1e-12;
/// Most QL iterations per eigenvalue; a handful is usual.
const MAX_ITERATIONS: usize = 60;

/// The lower triangle L of `matrix = L Lᵀ` of a positive semidefinite matrix; columns of rank-deficient pivots are zero.
pub fn cholesky(matrix: &[f64], dim: usize) -> Vec<f64> {
    let least = RANK_TOLERANCE * (0..dim).map(|i| matrix[i * dim + i]).fold(0.0, f64::max);
    let mut l = vec![0.0; dim * dim];
    for row in 0..dim {
        for column in 0..=row {
            let (a, b) = (&l[row * dim..][..column], &l[column * dim..][..column]);
            let rest = matrix[row * dim + column] - a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let pivot = l[column * dim + column];
            l[row * dim + column] = match row == column {
                true if rest > least => rest.sqrt(),
                false if pivot > 0.0 => rest / pivot,
                _ => 0.0,
            };
        }
    }
    l
}

/// Eigenvalues of a symmetric matrix, in no particular order: Householder tridiagonalisation, then implicit QL iterations (Press et
/// al. 2007, "Numerical Recipes", 11.3 and 11.4).
pub fn eigenvalues(mut a: Vec<f64>, dim: usize) -> Vec<f64> {
    let (mut diagonal, mut off_diagonal) = tridiagonal(&mut a, dim);
    off_diagonal.rotate_left(1);
    if let Some(last) = off_diagonal.last_mut() {
        *last = 0.0;
    }
    for start in 0..dim {
        for _ in 0..MAX_ITERATIONS {
            let small = |at: usize| {
                let around = diagonal[at].abs() + diagonal[at + 1].abs();
                off_diagonal[at].abs() <= f64::EPSILON * around
            };
            let end = (start..dim - 1).find(|&at| small(at)).unwrap_or(dim - 1);
            if end == start {
                break;
            }
            let shift = (diagonal[start + 1] - diagonal[start]) / (2.0 * off_diagonal[start]);
            let length = shift.hypot(1.0);
            let mut g = diagonal[end] - diagonal[start] + off_diagonal[start] / (shift + length.copysign(shift));
            let (mut sine, mut cosine, mut correction) = (1.0, 1.0, 0.0);
            let mut converging = true;
            for at in (start..end).rev() {
                let (f, b) = (sine * off_diagonal[at], cosine * off_diagonal[at]);
                let length = f.hypot(g);
                off_diagonal[at + 1] = length;
                if length == 0.0 {
                    diagonal[at + 1] -= correction;
                    off_diagonal[end] = 0.0;
                    converging = false;
                    break;
                }
                (sine, cosine) = (f / length, g / length);
                g = diagonal[at + 1] - correction;
                let next = (diagonal[at] - g) * sine + 2.0 * cosine * b;
                correction = sine * next;
                diagonal[at + 1] = g + correction;
                g = cosine * next - b;
            }
            if converging {
                diagonal[start] -= correction;
                off_diagonal[start] = g;
                off_diagonal[end] = 0.0;
            }
        }
    }
    diagonal
}

/// The diagonal and the subdiagonal of a similar tridiagonal matrix; the first element of the subdiagonal is 0.
fn tridiagonal(a: &mut [f64], dim: usize) -> (Vec<f64>, Vec<f64>) {
    let (mut diagonal, mut off_diagonal) = (vec![0.0; dim], vec![0.0; dim]);
    for row in (1..dim).rev() {
        let (above, own) = a.split_at_mut(row * dim);
        let own = &mut own[..row];
        let size: f64 = own[..row - 1].iter().map(|v| v.abs()).sum();
        if size == 0.0 {
            off_diagonal[row] = own[row - 1];
            continue;
        }
        let length = own.iter().map(|v| v * v).sum::<f64>().sqrt();
        let reflected = -length.copysign(own[row - 1]);
        off_diagonal[row] = reflected;
        // `own` becomes the Householder vector, `half` half its squared length.
        let half = length * length - own[row - 1] * reflected;
        own[row - 1] -= reflected;
        let at = |above: &[f64], i: usize, j: usize| above[i.max(j) * dim + i.min(j)];
        let mut projected: Vec<f64> = vec![0.0; row];
        for i in 0..row {
            let line = &above[i * dim..][..i];
            let mut sum = at(above, i, i) * own[i];
            for (j, value) in line.iter().enumerate() {
                sum += value * own[j];
                projected[j] += value * own[i];
            }
            projected[i] += sum;
        }
        projected.iter_mut().for_each(|v| *v /= half);
        let shared = projected.iter().zip(own.iter()).map(|(t, v)| t * v).sum::<f64>() / (2.0 * half);
        projected.iter_mut().zip(own.iter()).for_each(|(t, v)| *t -= shared * v);
        for i in 0..row {
            for j in 0..=i {
                above[i * dim + j] -= own[i] * projected[j] + projected[i] * own[j];
            }
        }
    }
    (0..dim).for_each(|i| diagonal[i] = a[i * dim + i]);
    (diagonal, off_diagonal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(mut found: Vec<f64>, expected: &[f64]) {
        found.sort_by(f64::total_cmp);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found}, expected {expected}");
        }
    }

    #[test]
    fn eigenvalues_match_known_matrices() {
        near(eigenvalues(vec![5.0], 1), &[5.0]);
        near(eigenvalues(vec![2.0, 1.0, 1.0, 2.0], 2), &[1.0, 3.0]);
        near(eigenvalues(vec![4.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 9.0], 3), &[-1.0, 4.0, 9.0]);
        // The second-difference matrix: 2 - 2 cos(k π / (n + 1)).
        let dim = 30;
        let mut matrix = vec![0.0; dim * dim];
        for i in 0..dim {
            matrix[i * dim + i] = 2.0;
            if i > 0 {
                (matrix[i * dim + i - 1], matrix[(i - 1) * dim + i]) = (-1.0, -1.0);
            }
        }
        let expected: Vec<f64> =
            (1..=dim).map(|k| 2.0 - 2.0 * (k as f64 * std::f64::consts::PI / (dim + 1) as f64).cos()).collect();
        near(eigenvalues(matrix, dim), &expected);
    }

    #[test]
    fn eigenvalues_keep_the_trace_and_the_trace_of_the_square() {
        let dim = 12;
        let value = |i: usize, j: usize| ((i * j + i + j) as f64 * 0.37).sin();
        let matrix: Vec<f64> = (0..dim * dim).map(|at| value(at / dim, at % dim)).collect();
        let found = eigenvalues(matrix.clone(), dim);
        let trace: f64 = (0..dim).map(|i| matrix[i * dim + i]).sum();
        assert!((found.iter().sum::<f64>() - trace).abs() < 1e-9);
        let squares: f64 = matrix.iter().map(|v| v * v).sum();
        assert!((found.iter().map(|v| v * v).sum::<f64>() - squares).abs() < 1e-9);
    }

    #[test]
    fn the_cholesky_factor_reproduces_rank_deficient_matrices() {
        // Rank one, then rank two.
        for (matrix, dim) in [(vec![1.0, 2.0, 2.0, 4.0], 2), (vec![2.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0, 0.0, 5.0], 3)] {
            let l = cholesky(&matrix, dim);
            for (at, expected) in matrix.iter().enumerate() {
                let (i, j) = (at / dim, at % dim);
                let found: f64 = (0..dim).map(|k| l[i * dim + k] * l[j * dim + k]).sum();
                assert!((found - expected).abs() < 1e-12, "{found}, expected {expected}");
            }
        }
    }
}
