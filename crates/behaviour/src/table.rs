//! Tables of text with a header, read row by row; what is wrong in a row is said with its line.

use std::fs::File;
use std::path::Path;

use csv::{Reader, ReaderBuilder, StringRecord};

use crate::error::BehaviourError;

pub(crate) struct Table {
    path: String,
    header: StringRecord,
    reader: Reader<File>,
}

impl Table {
    /// Opens a file whose columns `separator` parts.
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

    /// What `read` makes of every row, in order.
    pub fn read<T>(
        mut self,
        read: impl Fn(&StringRecord) -> Result<T, BehaviourError>,
    ) -> Result<Vec<T>, BehaviourError> {
        let mut rows = Vec::new();
        let mut record = StringRecord::new();
        let table = |source| BehaviourError::Table { path: self.path.clone(), source };
        while self.reader.read_record(&mut record).map_err(table)? {
            rows.push(read(&record).map_err(|source| {
                let line = record.position().map_or(0, csv::Position::line);
                BehaviourError::Line { path: self.path.clone(), line, source: Box::new(source) }
            })?);
        }
        Ok(rows)
    }
}

/// A cell as a number or whatever else is written as text.
pub(crate) fn parse<T: std::str::FromStr>(
    record: &StringRecord,
    column: usize,
    name: &str,
    expected: &'static str,
) -> Result<T, BehaviourError> {
    let cell = record.get(column).unwrap_or_default();
    cell.parse().map_err(|_| BehaviourError::Cell { column: name.into(), found: cell.into(), expected })
}
