//! Reads text tables with a header; invalid rows are counted, and reported with their line.

use std::fs::File;
use std::path::Path;

use csv::{Reader, ReaderBuilder, StringRecord};

use crate::error::BehaviourError;

/// Rows read from a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows<T> {
    /// Valid rows, in the order of the file.
    pub rows: Vec<T>,
    /// Number of invalid rows that were left out.
    pub skipped: usize,
    /// Line and error of the first of them.
    pub why: Option<String>,
}

pub(crate) struct Table {
    path: String,
    header: StringRecord,
    reader: Reader<File>,
}

impl Table {
    /// Opens a file with the column separator `separator`.
    pub fn open(path: &Path, separator: u8) -> Result<Self, BehaviourError> {
        let shown = path.display().to_string();
        let file = File::open(path).map_err(|source| BehaviourError::File { path: shown.clone(), source })?;
        let mut reader = ReaderBuilder::new().delimiter(separator).from_reader(file);
        let header = reader.headers().map_err(|source| BehaviourError::Table { path: shown.clone(), source })?.clone();
        Ok(Self { path: shown, header, reader })
    }

    /// The index of a column.
    pub fn column(&self, wanted: &str) -> Result<usize, BehaviourError> {
        self.header.iter().position(|name| name == wanted).ok_or_else(|| {
            let found = self.header.iter().collect::<Vec<_>>().join(", ");
            BehaviourError::Column { path: self.path.clone(), wanted: wanted.to_owned(), found }
        })
    }

    /// Whether the file has this column.
    pub fn has(&self, wanted: &str) -> bool {
        self.header.iter().any(|name| name == wanted)
    }

    /// Converts every row with `read`, in order; rows that it rejects are counted.
    ///
    /// # Errors
    /// If the file cannot be read, or all rows are rejected.
    pub fn read<T>(self, read: impl Fn(&StringRecord) -> Result<T, BehaviourError>) -> Result<Rows<T>, BehaviourError> {
        let (mut rows, mut skipped, mut first) = (Vec::new(), 0, None);
        let mut record = StringRecord::new();
        let mut reader = self.reader;
        let table = |source| BehaviourError::Table { path: self.path.clone(), source };
        loop {
            let read = match reader.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => read(&record),
                // A row with too many or too few cells; what follows can be read.
                Err(error) if matches!(error.kind(), csv::ErrorKind::UnequalLengths { .. }) => Err(table(error)),
                Err(error) => return Err(table(error)),
            };
            match read {
                Ok(row) => rows.push(row),
                Err(source) => {
                    skipped += 1;
                    let line = record.position().map_or(0, csv::Position::line);
                    first.get_or_insert(BehaviourError::Line {
                        path: self.path.clone(),
                        line,
                        source: Box::new(source),
                    });
                }
            }
        }
        match first {
            Some(first) if rows.is_empty() => Err(first),
            first => Ok(Rows { rows, skipped, why: first.map(|error| error.to_string()) }),
        }
    }
}

/// Parses a cell.
pub(crate) fn parse<T: std::str::FromStr>(
    record: &StringRecord,
    column: usize,
    name: &str,
    expected: &'static str,
) -> Result<T, BehaviourError> {
    let cell = record.get(column).unwrap_or_default();
    cell.parse().map_err(|_| BehaviourError::Cell { column: name.into(), found: cell.into(), expected })
}
