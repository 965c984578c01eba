//! Standardisation to mean 0 and standard deviation 1, with statistics frozen at training.

use windowshop_schema::manifest::Standardisation;

use crate::matrix::Matrix;

/// Standardised values are clamped to ± this: one outlier must not dominate a list.
const CLIP: f32 = 4.0;

/// Accumulates mean and standard deviation of each column, ignoring unknown values.
#[derive(Clone, Debug, Default)]
pub struct Fit {
    count: Vec<f64>,
    sum: Vec<f64>,
    squares: Vec<f64>,
}

impl Fit {
    /// No rows yet, of `columns` columns.
    pub fn new(columns: usize) -> Self {
        Self { count: vec![0.0; columns], sum: vec![0.0; columns], squares: vec![0.0; columns] }
    }

    /// Adds every row of `matrix`.
    pub fn add(&mut self, matrix: &Matrix) {
        for row in 0..matrix.rows() {
            for (column, &value) in matrix.row(row).iter().enumerate() {
                if value.is_finite() {
                    self.count[column] += 1.0;
                    self.sum[column] += f64::from(value);
                    self.squares[column] += f64::from(value) * f64::from(value);
                }
            }
        }
    }

    /// The statistics; mean 0 and standard deviation 1 for a column without known values.
    pub fn finish(&self) -> Standardisation {
        let mut out = Standardisation::default();
        for ((&n, &sum), &squares) in self.count.iter().zip(&self.sum).zip(&self.squares) {
            let mean = if n > 0.0 { sum / n } else { 0.0 };
            let variance = if n > 0.0 { (squares / n - mean * mean).max(0.0) } else { 1.0 };
            let std = variance.sqrt() as f32;
            out.mean.push(mean as f32);
            // A constant column carries no information: with standard deviation 1 it becomes 0 everywhere.
            out.std.push(if std < Standardisation::MIN_STD { 1.0 } else { std });
        }
        out
    }
}

/// Standardises in place. An unknown value becomes 0, the mean; so does every value of an excluded feature, whose standard
/// deviation is 0: a division by 0 is not finite.
pub fn apply(matrix: &mut Matrix, statistics: &Standardisation) {
    if matrix.columns == 0 {
        return;
    }
    for row in matrix.values.chunks_exact_mut(matrix.columns) {
        for ((value, mean), std) in row.iter_mut().zip(&statistics.mean).zip(&statistics.std) {
            let z = (*value - mean) / std;
            *value = if z.is_finite() { z.clamp(-CLIP, CLIP) } else { 0.0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_values_become_the_mean_and_constant_columns_0() {
        let matrix = Matrix { values: vec![1.0, 5.0, f32::NAN, 5.0, 3.0, 5.0], columns: 2 };
        let mut fit = Fit::new(2);
        fit.add(&matrix);
        let mut z = matrix.clone();
        apply(&mut z, &fit.finish());
        assert_eq!(z.values, [-1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    }
}
