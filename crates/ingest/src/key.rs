//! Encryption of a dataset at rest: Parquet modular encryption (AES-GCM) with one key for every table.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use datafusion::common::encryption::ConfigFileEncryptionProperties;
use datafusion::config::TableParquetOptions;
use datafusion::parquet::encryption::decrypt::FileDecryptionProperties;
use datafusion::parquet::errors::ParquetError;

use crate::error::{IngestError, shown};
use crate::format::Table;

/// Bytes of a key: AES-128 and AES-256.
const LENGTHS: [usize; 2] = [16, 32];

/// The key of a dataset: 16 or 32 bytes. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    bytes: Vec<u8>,
}

impl Key {
    /// Reads a key of 32 (AES-128) or 64 (AES-256) hexadecimal digits from a file, as `openssl rand -hex 32` writes it.
    ///
    /// # Errors
    /// [`IngestError::Io`] or [`IngestError::Key`], which does not quote the content of the file.
    pub fn read(path: &Path) -> Result<Self, IngestError> {
        let text = std::fs::read_to_string(path).map_err(IngestError::io(path))?;
        let digits = text.trim();
        match hex::decode(digits) {
            Ok(bytes) if LENGTHS.contains(&bytes.len()) => Ok(Self { bytes }),
            _ => Err(IngestError::Key { path: shown(path), found: digits.chars().count() }),
        }
    }

    /// The options for writing a table. They authenticate its name, so that one table cannot replace another.
    pub(crate) fn encryption(&self, table: Table) -> TableParquetOptions {
        let mut options = TableParquetOptions::default();
        options.crypto.file_encryption = Some(ConfigFileEncryptionProperties {
            footer_key_as_hex: hex::encode(&self.bytes),
            aad_prefix_as_hex: hex::encode(table.file_name()),
            ..ConfigFileEncryptionProperties::default()
        });
        options
    }

    /// The properties for reading a table.
    pub(crate) fn decryption(&self, table: Table) -> Result<Arc<FileDecryptionProperties>, ParquetError> {
        FileDecryptionProperties::builder(self.bytes.clone())
            .with_aad_prefix(table.file_name().as_bytes().to_vec())
            .build()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_hexadecimal_of_the_right_length_and_never_printed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shop.key");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Key::read(&path)
        };
        for digits in [32, 64] {
            let key = read(&format!("{}\n", "aB".repeat(digits / 2))).unwrap();
            assert_eq!((format!("{key:?}"), key.bytes.len()), ("Key(…)".to_owned(), digits / 2));
        }
        for wrong in ["", "secret", &"a".repeat(63), &"g".repeat(64)] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("openssl rand -hex 32") && !error.contains("secret"), "{error}");
        }
    }
}
