//! Opens datasets; the key of encrypted ones is in a file that an environment variable names.

use std::path::{Path, PathBuf};

use windowshop_ingest::{Dataset, IngestOptions, Key};

/// The environment variable with the path of the key file.
const KEY_FILE: &str = "WINDOWSHOP_KEY_FILE";

/// Reads the key; `None` if the variable is unset or empty.
fn key() -> anyhow::Result<Option<Key>> {
    let file = std::env::var_os(KEY_FILE).filter(|name| !name.is_empty()).map(PathBuf::from);
    Ok(file.map(|file| Key::read(&file)).transpose()?)
}

/// Default options of an ingest, with the key if there is one.
pub fn ingest_options() -> anyhow::Result<IngestOptions> {
    Ok(IngestOptions { key: key()?, ..IngestOptions::default() })
}

/// Opens a dataset that `trainer ingest` wrote.
pub fn open(dir: &Path) -> anyhow::Result<Dataset> {
    Ok(Dataset::open_with(dir, key()?.as_ref())?)
}
