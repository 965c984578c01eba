//! Reads impressions from a table with one list a row: items and clicks by rank, separated by blanks.

use std::path::Path;

use super::list::{Impression, List};
use crate::error::BehaviourError;

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
    let shown = path.display().to_string();
    let file = std::fs::File::open(path).map_err(|source| BehaviourError::File { path: shown.clone(), source })?;
    let table = |source| BehaviourError::Table { path: shown.clone(), source };
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(file);
    let header = reader.headers().map_err(table)?.clone();
    let column = |wanted: &str| {
        header.iter().position(|name| name == wanted).ok_or_else(|| {
            let found = header.iter().collect::<Vec<_>>().join(", ");
            BehaviourError::Column { path: shown.clone(), wanted: wanted.to_owned(), found }
        })
    };
    let [query, items, clicked] = [column(&columns.query)?, column(&columns.items)?, column(&columns.clicked)?];
    let mut impressions = Vec::new();
    for record in reader.records() {
        let record = record.map_err(table)?;
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let clicks: Result<Vec<bool>, _> =
            cell(clicked).split_whitespace().map(|c| click(&columns.clicked, c)).collect();
        let list = List::ranked(cell(query).to_owned(), cell(items).split_whitespace().map(str::to_owned).collect());
        let impression = clicks.and_then(|clicks| Impression::new(list?, clicks));
        impressions.push(impression.map_err(|source| {
            let line = record.position().map_or(0, csv::Position::line);
            BehaviourError::Line { path: shown.clone(), line, source: Box::new(source) }
        })?);
    }
    Ok(impressions)
}

fn click(column: &str, cell: &str) -> Result<bool, BehaviourError> {
    match cell {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(BehaviourError::Cell { column: column.into(), found: cell.into(), expected: "0 or 1 for each item" }),
    }
}
