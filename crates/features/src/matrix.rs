//! A row-major matrix of items × features.

/// Feature values, `[rows, columns]`; NaN where unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// Row-major values, rows × columns.
    pub values: Vec<f32>,
    /// Number of features.
    pub columns: usize,
}

impl Matrix {
    /// A matrix of `rows` × `columns` with every value unknown.
    pub fn unknown(rows: usize, columns: usize) -> Self {
        Self { values: vec![f32::NAN; rows * columns], columns }
    }

    /// Number of items.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// The features of item `row`.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// The features of item `row`, to fill in.
    pub fn row_mut(&mut self, row: usize) -> &mut [f32] {
        &mut self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// One feature over the list.
    pub fn column(&self, column: usize) -> impl Iterator<Item = f32> + '_ {
        self.values.iter().skip(column).step_by(self.columns.max(1)).copied()
    }
}
