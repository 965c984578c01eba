//! Reads impressions from a table with one list a row: items and clicks by rank, separated by blanks.

use std::path::Path;

use super::list::{Impression, List};
use crate::error::BehaviourError;
use crate::table::Table;

/// Names of the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// What was asked for.
    pub query: String,
    /// Items, the first at rank 1.
    pub items: String,
    /// For each item 1 if it was clicked, else 0.
    pub clicked: String,
}

impl Default for Columns {
    fn default() -> Self {
        Self { query: "query".into(), items: "items".into(), clicked: "clicked".into() }
    }
}

/// The impressions of a file, in its order. `separator` is that of columns.
///
/// # Errors
/// When the file cannot be read, lacks a column, or a row is no list.
pub fn read_impressions(path: &Path, separator: u8, columns: &Columns) -> Result<Vec<Impression>, BehaviourError> {
    let table = Table::open(path, separator)?;
    let [query, items, clicked] = [&columns.query, &columns.items, &columns.clicked].map(|name| table.column(name));
    let [query, items, clicked] = [query?, items?, clicked?];
    table.read(|record| {
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let clicks: Result<Vec<bool>, _> =
            cell(clicked).split_whitespace().map(|cell| click(&columns.clicked, cell)).collect();
        let items = cell(items).split_whitespace().map(str::to_owned).collect();
        Impression::new(List::ranked(cell(query).to_owned(), items)?, clicks?)
    })
}

fn click(column: &str, cell: &str) -> Result<bool, BehaviourError> {
    match cell {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(BehaviourError::Cell { column: column.into(), found: cell.into(), expected: "0 or 1 for each item" }),
    }
}
