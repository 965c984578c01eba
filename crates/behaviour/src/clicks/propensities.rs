//! Examination probabilities of positions, and inverse propensity weights.

use serde::{Deserialize, Serialize};

use super::list::Position;

/// Examination probabilities of a page's positions, scaled to a maximum of 1: clicks identify them up to a factor only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Propensities {
    columns: u32,
    /// Row by row, each in (0, 1].
    values: Vec<f64>,
}

impl Propensities {
    /// From examination probabilities row by row, `columns` (at least 1) per row; at least one is above 0.
    pub(super) fn new(columns: u32, examination: &[f64]) -> Self {
        let largest = examination.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let scale = |value: &f64| (value / largest).max(f64::MIN_POSITIVE);
        Self { columns, values: examination.iter().map(scale).collect() }
    }

    /// Positions per row.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// Row by row, each in (0, 1].
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Propensity of a position; beyond the known page, that of the nearest known row and column.
    pub fn at(&self, position: Position) -> f64 {
        let rows = self.values.len() / self.columns as usize;
        let row = (position.row as usize).clamp(1, rows);
        let column = position.column.clamp(1, self.columns) as usize;
        self.values[(row - 1) * self.columns as usize + column - 1]
    }

    /// Inverse propensity weights (Joachims et al. 2017) of clicks at `positions`: 1 / max(propensity, `clip`). `clip` in (0, 1] bounds the weights by
    /// 1 / `clip`: 1 is no correction, 0.05 a usual value; smaller values have less bias and more variance. `[positions]`
    pub fn weights(&self, positions: &[Position], clip: f64) -> Vec<f64> {
        let clip = clip.clamp(f64::MIN_POSITIVE, 1.0);
        positions.iter().map(|&position| 1.0 / self.at(position).max(clip)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_undo_propensities_down_to_the_clip() {
        let propensities = Propensities::new(1, &[0.8, 0.4, 0.04]);
        let at = |row| Position { row, column: 1 };
        let weights = propensities.weights(&[at(1), at(2), at(3), at(9)], 0.1);
        for (weight, expected) in weights.iter().zip([1.0, 2.0, 10.0, 10.0]) {
            assert!((weight - expected).abs() < 1e-12, "{weights:?}");
        }
    }
}
