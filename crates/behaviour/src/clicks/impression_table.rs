//! Reads impressions from a table with one list per row: items and clicks by rank, separated by spaces.

use std::path::Path;

use super::list::{Impression, List, Position};
use crate::error::BehaviourError;
use crate::table::{Rows, Table};

/// Column names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Query.
    pub query: String,
    /// Items in reading order.
    pub items: String,
    /// 1 for each clicked item, else 0.
    pub clicked: String,
    /// Position of each item: `row:column`, or the rank alone. Without this column the first item has rank 1.
    pub positions: String,
}

impl Default for Columns {
    fn default() -> Self {
        Self { query: "query".into(), items: "items".into(), clicked: "clicked".into(), positions: "positions".into() }
    }
}

impl Columns {
    /// Column names of PyClick's logs (Yandex 2011).
    pub fn pyclick() -> Self {
        Self {
            query: "query_region".into(),
            items: "docs_by_rank".into(),
            clicked: "clicked_by_rank".into(),
            ..Self::default()
        }
    }
}

/// Reads the impressions of a file; invalid rows are counted. `separator` separates columns; lists without positions are grids of `grid`
/// columns (1: plain lists).
///
/// # Errors
/// If the file cannot be read, lacks a column, or has no valid row.
pub fn read_impressions(
    path: &Path,
    separator: u8,
    columns: &Columns,
    grid: u32,
) -> Result<Rows<Impression>, BehaviourError> {
    let table = Table::open(path, separator)?;
    let [query, items, clicked] = [&columns.query, &columns.items, &columns.clicked].map(|name| table.column(name));
    let [query, items, clicked] = [query?, items?, clicked?];
    let positions = table.has(&columns.positions).then(|| table.column(&columns.positions)).transpose()?;
    table.read(|record| {
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let clicks: Result<Vec<bool>, _> =
            cell(clicked).split_whitespace().map(|cell| click(&columns.clicked, cell)).collect();
        let items = cell(items).split_whitespace().map(str::to_owned).collect();
        let query = cell(query).to_owned();
        let list = match positions {
            None => List::grid(query, items, grid)?,
            Some(column) => {
                let positions_of = cell(column).split_whitespace().map(|cell| position(&columns.positions, cell));
                List::new(query, items, positions_of.collect::<Result<_, _>>()?)?
            }
        };
        Impression::new(list, clicks?)
    })
}

fn click(column: &str, cell: &str) -> Result<bool, BehaviourError> {
    match cell {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(BehaviourError::Cell { column: column.into(), found: cell.into(), expected: "0 or 1 for each item" }),
    }
}

fn position(column: &str, cell: &str) -> Result<Position, BehaviourError> {
    let (row, number) = cell.split_once(':').unwrap_or((cell, "1"));
    match (row.parse(), number.parse()) {
        (Ok(row), Ok(column)) => Ok(Position { row, column }),
        _ => Err(BehaviourError::Cell {
            column: column.into(),
            found: cell.into(),
            expected: "a rank, or row:column, for each item",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, grid: u32) -> Result<Rows<Impression>, BehaviourError> {
        static FILES: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = FILES.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("windowshop-impressions-{}-{number}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let read = read_impressions(&path, b'\t', &Columns::default(), grid);
        std::fs::remove_file(&path).unwrap();
        read
    }

    fn positions_of(impression: &Impression) -> Vec<(u32, u32)> {
        impression.list().positions().iter().map(|p| (p.row, p.column)).collect()
    }

    #[test]
    fn invalid_rows_are_counted_and_the_first_is_reported() {
        let log =
            "query\titems\tclicked\numbrella\tred blue\t1 0\numbrella\tred blue\t1\nkettle\t\t\nkettle\ta b\t0 yes\n";
        let read = read(log, 1).unwrap();
        assert_eq!((read.rows.len(), read.skipped), (1, 3));
        let why = read.why.unwrap();
        assert!(why.contains("line 3") && why.contains("2 items and 1 clicks"), "{why}");
    }

    #[test]
    fn a_log_without_a_valid_row_or_without_a_column_is_rejected() {
        assert!(read("query\titems\tclicked\numbrella\tred\t2\n", 1).unwrap_err().to_string().contains("0 or 1"));
        let error = read("query\titems\numbrella\tred\n", 1).unwrap_err().to_string();
        assert!(error.contains("no column `clicked`: found query, items"), "{error}");
    }

    #[test]
    fn positions_come_from_the_file_or_from_a_grid() {
        let own =
            read("query\titems\tclicked\tpositions\nq\ta b c\t0 1 0\t1:1 1:2 2:1\nq\ta b\t0 1\t1 3\n", 1).unwrap();
        assert_eq!(positions_of(&own.rows[0]), [(1, 1), (1, 2), (2, 1)]);
        assert_eq!(positions_of(&own.rows[1]), [(1, 1), (3, 1)]);
        let grid = read("query\titems\tclicked\nq\ta b c\t0 1 0\n", 2).unwrap();
        assert_eq!(positions_of(&grid.rows[0]), [(1, 1), (1, 2), (2, 1)]);
        let error = read("query\titems\tclicked\tpositions\nq\ta b\t0 1\t\n", 1).unwrap_err().to_string();
        assert!(error.contains("no positions"), "{error}");
    }
}
