//! Checks of a text file before it is read: encoding, emptiness, column names.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::error::{IngestError, shown};

const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Longest header in bytes; more is not read to find its end.
const LONGEST_HEADER: u64 = 1 << 20;

/// How the cells of a line are separated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Separation {
    /// The byte between two cells.
    pub(crate) delimiter: u8,
    /// Are cells quoted by `"`? If not, `"` is an ordinary character.
    pub(crate) quoting: bool,
}

/// The names of the header, or `column_1`, `column_2`, … of a file without one. A repeated name gets a number.
///
/// # Errors
/// As [`check`], and [`IngestError::Malformed`].
pub(crate) fn columns(path: &Path, separation: Separation, header: bool) -> Result<Vec<String>, IngestError> {
    check(path)?;
    let file = File::open(path).map_err(IngestError::io(path))?;
    let record = first_record(file.take(LONGEST_HEADER), separation)
        .map_err(|error| IngestError::Malformed { path: shown(path), found: error.to_string() })?
        .ok_or_else(|| IngestError::EmptyFile { path: shown(path) })?;
    let mut names: Vec<String> = Vec::new();
    for (index, field) in record.iter().enumerate() {
        let name = match header && !field.trim().is_empty() {
            true => field.to_string(),
            false => format!("column_{}", index + 1),
        };
        let twin = names.iter().filter(|other| **other == name || other.starts_with(&format!("{name}#"))).count();
        names.push(if twin == 0 { name } else { format!("{name}#{}", twin + 1) });
    }
    Ok(names)
}

/// Fails unless every line is UTF-8 and one is not blank.
///
/// # Errors
/// [`IngestError::Encoding`], [`IngestError::EmptyFile`].
pub(crate) fn check(path: &Path) -> Result<(), IngestError> {
    let mut lines = BufReader::new(File::open(path).map_err(IngestError::io(path))?);
    let mut line = Vec::new();
    let (mut number, mut blank) = (0u64, true);
    while lines.read_until(b'\n', &mut line).map_err(IngestError::io(path))? > 0 {
        number += 1;
        let text = std::str::from_utf8(&line).map_err(|error| not_utf8(path, number, &line, error.valid_up_to()))?;
        blank &= text.trim_start_matches(BYTE_ORDER_MARK).trim().is_empty();
        line.clear();
    }
    if blank { Err(IngestError::EmptyFile { path: shown(path) }) } else { Ok(()) }
}

fn not_utf8(path: &Path, line: u64, bytes: &[u8], at: usize) -> IngestError {
    let utf_16 = line == 1 && (bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]));
    let (found, guess) = if utf_16 {
        ("the byte order mark of UTF-16".to_string(), "UTF-16")
    } else {
        (format!("byte 0x{:02x} in line {line}", bytes.get(at).copied().unwrap_or_default()), "WINDOWS-1252")
    };
    IngestError::Encoding { path: shown(path), found, guess }
}

/// The first record that is not a blank line, without a byte order mark.
fn first_record(file: impl Read, separation: Separation) -> csv::Result<Option<csv::StringRecord>> {
    let Separation { delimiter, quoting } = separation;
    let mut reader = csv::ReaderBuilder::new();
    reader.delimiter(delimiter).quoting(quoting).has_headers(false).flexible(true);
    for record in reader.from_reader(file).into_records() {
        let record = record?;
        let blank = record.iter().all(|field| field.trim().is_empty());
        if !blank || (record.len() > 1 && !delimiter.is_ascii_whitespace()) {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSV: Separation = Separation { delimiter: b',', quoting: true };
    const TSV: Separation = Separation { delimiter: b'\t', quoting: false };

    fn columns_of(content: &str, separation: Separation, header: bool) -> Result<Vec<String>, IngestError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        std::fs::write(&path, content).unwrap();
        columns(&path, separation, header)
    }

    #[test]
    fn a_csv_header_may_quote_delimiters_line_breaks_and_quotes() {
        let csv = "\u{feff}\n  \nid,\"title,\n long\",\"a \"\"b\"\"\",id\r\n1,2,3,4\r\n";
        assert_eq!(columns_of(csv, CSV, true).unwrap(), ["id", "title,\n long", "a \"b\"", "id#2"]);
        assert_eq!(columns_of(csv, CSV, false).unwrap(), ["column_1", "column_2", "column_3", "column_4"]);
    }

    #[test]
    fn a_quote_in_a_tsv_header_is_a_character() {
        let tsv = "id\tscreen, 24\"\t\"price\"\n1\t\"a\t2\n";
        assert_eq!(columns_of(tsv, TSV, true).unwrap(), ["id", "screen, 24\"", "\"price\""]);
        assert_eq!(columns_of(tsv, TSV, false).unwrap().len(), 3);
    }

    #[test]
    fn a_file_of_blank_lines_is_empty() {
        for content in ["", "\n \n", "\u{feff}\r\n", "\t\t\n"] {
            assert!(matches!(columns_of(content, TSV, true), Err(IngestError::EmptyFile { .. })), "{content:?}");
        }
    }
}
