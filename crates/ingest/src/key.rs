//! Encryption of a dataset at rest: Parquet's own (modular encryption, AES-GCM), one key for every table.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use datafusion::common::encryption::ConfigFileEncryptionProperties;
use datafusion::config::TableParquetOptions;
use datafusion::parquet::encryption::decrypt::FileDecryptionProperties;
use datafusion::parquet::errors::ParquetError;

use crate::error::{IngestError, shown};
use crate::format::Table;

/// Digits of a key: of AES-128 and of AES-256.
const DIGITS: [usize; 2] = [32, 64];

/// The key of a dataset: 16 or 32 bytes. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    hexadecimal: String,
}

impl Key {
    /// Reads a file with a key in hexadecimal digits, 32 of them (AES-128) or 64 (AES-256), such as
    /// `openssl rand -hex 32` writes.
    ///
    /// # Errors
    /// [`IngestError::Io`] or [`IngestError::Key`], which does not repeat what the file holds.
    pub fn read(path: &Path) -> Result<Self, IngestError> {
        let text = std::fs::read_to_string(path).map_err(IngestError::io(path))?;
        let digits = text.trim();
        if !DIGITS.contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(IngestError::Key { path: shown(path), found: digits.chars().count() });
        }
        Ok(Self { hexadecimal: digits.to_ascii_lowercase() })
    }

    /// How a table is written. Its name is authenticated with it: one table cannot stand for another.
    pub(crate) fn encryption(&self, table: Table) -> TableParquetOptions {
        let mut options = TableParquetOptions::default();
        options.crypto.file_encryption = Some(ConfigFileEncryptionProperties {
            footer_key_as_hex: self.hexadecimal.clone(),
            aad_prefix_as_hex: hexadecimal(table.file_name().as_bytes()),
            ..ConfigFileEncryptionProperties::default()
        });
        options
    }

    /// How a table is read.
    pub(crate) fn decryption(&self, table: Table) -> Result<Arc<FileDecryptionProperties>, ParquetError> {
        let digits = self.hexadecimal.as_bytes().as_chunks::<2>().0;
        let value = |digit: u8| (digit as char).to_digit(16).unwrap_or(0) as u8;
        let bytes = digits.iter().map(|[high, low]| value(*high) << 4 | value(*low)).collect();
        FileDecryptionProperties::builder(bytes).with_aad_prefix(table.file_name().as_bytes().to_vec()).build()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_hexadecimal_of_the_right_length_and_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shop.key");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Key::read(&path)
        };
        for digits in [32, 64] {
            let key = read(&format!("{}\n", "aB".repeat(digits / 2))).unwrap();
            assert_eq!((format!("{key:?}"), key.hexadecimal.len()), ("Key(…)".to_owned(), digits));
        }
        for wrong in ["", "secret", &"a".repeat(63), &"g".repeat(64)] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("openssl rand -hex 32") && !error.contains("secret"), "{error}");
        }
    }
}
