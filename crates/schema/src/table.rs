//! How the columns of a table become numbers; frozen at training.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// The columns that a network reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    /// Columns of numbers.
    pub numeric: Vec<NumericColumn>,
    /// Columns of names.
    pub categorical: Vec<CategoricalColumn>,
}

/// A column of numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumericColumn {
    /// Its name.
    pub name: String,
    /// Borders of its bins, rising, at least two: quantiles of the training rows.
    pub edges: Vec<f32>,
    /// Mean of the training rows.
    pub mean: f32,
    /// Standard deviation of the training rows, above 0.
    pub std: f32,
}

/// A column of names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoricalColumn {
    /// Its name.
    pub name: String,
    /// The names of the training rows, sorted; "" is a missing cell. The i-th has row i + 1 of a table of vectors, any
    /// other name row 0.
    pub values: Vec<String>,
}

/// A column of raw cells.
#[derive(Clone, Debug, PartialEq)]
pub struct TableColumn {
    /// Its name.
    pub name: String,
    /// One cell a row.
    pub cells: Cells,
}

/// The cells of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Numbers; NaN where one is missing.
    Numbers(Vec<f32>),
    /// Names; `None` where one is missing.
    Names(Vec<Option<String>>),
}

impl Cells {
    /// Is it a column of numbers?
    pub fn is_numeric(&self) -> bool {
        matches!(self, Cells::Numbers(_))
    }

    /// The cell as a number; NaN where it is none.
    pub fn number(&self, row: usize) -> f32 {
        match self {
            Cells::Numbers(numbers) => numbers[row],
            Cells::Names(names) => names[row].as_deref().and_then(|name| name.parse().ok()).unwrap_or(f32::NAN),
        }
    }

    /// The cell as a name; empty where it is missing.
    pub fn name(&self, row: usize) -> Cow<'_, str> {
        match self {
            Cells::Numbers(numbers) if numbers[row].is_nan() => Cow::Borrowed(""),
            Cells::Numbers(numbers) => Cow::Owned(numbers[row].to_string()),
            Cells::Names(names) => Cow::Borrowed(names[row].as_deref().unwrap_or_default()),
        }
    }
}
