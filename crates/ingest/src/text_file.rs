//! A first look at a text file: is it UTF-8, is it empty, what are its columns?

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use crate::error::{IngestError, shown};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A text file that passed the first look.
pub(crate) struct TextFile {
    first_record: String,
}

impl TextFile {
    /// Reads the file once: wrong bytes are found before a plan stumbles over them.
    pub(crate) fn check(path: &Path) -> Result<Self, IngestError> {
        let mut lines = BufReader::new(File::open(path).map_err(IngestError::io(path))?);
        let (mut first_record, mut complete) = (String::new(), false);
        let mut line = Vec::new();
        let mut number = 0u64;
        while lines.read_until(b'\n', &mut line).map_err(IngestError::io(path))? > 0 {
            number += 1;
            let text =
                std::str::from_utf8(&line).map_err(|error| not_utf8(path, number, &line, error.valid_up_to()))?;
            let leading_blank = first_record.is_empty() && text.trim().is_empty();
            if !complete && !leading_blank {
                first_record.push_str(text);
                complete = first_record.matches('"').count() % 2 == 0 || number > 100;
            }
            line.clear();
        }
        let first_record = first_record.trim_start_matches(BYTE_ORDER_MARK).trim_end_matches(['\n', '\r']).to_string();
        if first_record.trim().is_empty() {
            return Err(IngestError::EmptyFile { path: shown(path) });
        }
        Ok(Self { first_record })
    }

    /// The header's names, or column_1, column_2… for a file without one. A name that comes twice gets a number.
    pub(crate) fn columns(&self, delimiter: u8, quote: u8, header: bool) -> Vec<String> {
        let fields = split(&self.first_record, delimiter as char, (quote != 0).then_some(quote as char));
        let mut names: Vec<String> = Vec::new();
        for (index, field) in fields.into_iter().enumerate() {
            let name = if header && !field.trim().is_empty() { field } else { format!("column_{}", index + 1) };
            let twin = names.iter().filter(|other| **other == name || other.starts_with(&format!("{name}#"))).count();
            names.push(if twin == 0 { name } else { format!("{name}#{}", twin + 1) });
        }
        names
    }
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

fn split(record: &str, delimiter: char, quote: Option<char>) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut letters = record.chars().peekable();
    while let Some(letter) = letters.next() {
        let field = fields.last_mut().expect("never empty");
        if Some(letter) == quote {
            if quoted && letters.peek() == quote.as_ref() {
                field.push(letter);
                letters.next();
            } else {
                quoted = !quoted;
            }
        } else if letter == delimiter && !quoted {
            fields.push(String::new());
        } else {
            field.push(letter);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_split_as_a_reader_of_csv_splits_it() {
        let file = TextFile { first_record: "id,\"title, long\",\"a \"\"b\"\"\",id".into() };
        assert_eq!(file.columns(b',', b'"', true), ["id", "title, long", "a \"b\"", "id#2"]);
        assert_eq!(file.columns(b',', b'"', false), ["column_1", "column_2", "column_3", "column_4"]);
    }
}
