//! Encoding of a table's columns; frozen at training.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The columns that a network reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    /// Numeric columns.
    pub numeric: Vec<NumericColumn>,
    /// Categorical columns.
    pub categorical: Vec<CategoricalColumn>,
}

/// Encoding of a numeric column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumericColumn {
    /// Its name.
    pub name: String,
    /// Bin edges, ascending, at least two: quantiles of the training rows.
    pub edges: Vec<f32>,
    /// Mean of the training rows.
    pub mean: f32,
    /// Standard deviation of the training rows, above 0.
    pub std: f32,
}

/// Encoding of a categorical column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoricalColumn {
    /// Its name.
    pub name: String,
    /// Categories of the training rows, sorted; "" is a missing cell. Category i has row i + 1 of the embedding table, an unknown
    /// category row 0.
    pub values: Vec<String>,
}

/// A column of raw cells.
#[derive(Clone, Debug, PartialEq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// One cell per row.
    pub cells: Cells,
}

/// The cells of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Numbers; NaN for a missing cell.
    Numbers(Vec<f32>),
    /// Categories; `None` for a missing cell.
    Names(Vec<Option<String>>),
}

impl Cells {
    /// True for a numeric column.
    pub fn is_numeric(&self) -> bool {
        matches!(self, Cells::Numbers(_))
    }

    /// The cell as a number; NaN where it is missing or no number.
    pub fn number(&self, row: usize) -> f32 {
        match self {
            Cells::Numbers(numbers) => numbers[row],
            Cells::Names(names) => names[row].as_deref().and_then(|name| name.parse().ok()).unwrap_or(f32::NAN),
        }
    }

    /// The cell as a category; empty where it is missing.
    pub fn name(&self, row: usize) -> Cow<'_, str> {
        match self {
            Cells::Numbers(numbers) if numbers[row].is_nan() => Cow::Borrowed(""),
            Cells::Numbers(numbers) => Cow::Owned(numbers[row].to_string()),
            Cells::Names(names) => Cow::Borrowed(names[row].as_deref().unwrap_or_default()),
        }
    }
}
