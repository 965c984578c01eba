//! Opens datasets, encrypted ones with the key whose file the environment names.

use std::path::{Path, PathBuf};

use windowshop_ingest::{Dataset, IngestOptions, Key};

/// Names the file of the key: what is ingested is encrypted with it, and what is encrypted is read with it.
const KEY_FILE: &str = "WINDOWSHOP_KEY_FILE";

/// The key, if the environment names one.
fn key() -> anyhow::Result<Option<Key>> {
    let file = std::env::var_os(KEY_FILE).filter(|name| !name.is_empty()).map(PathBuf::from);
    Ok(file.map(|file| Key::read(&file)).transpose()?)
}

/// The usual choices of an ingest, encrypted with the key that the environment names.
pub fn ingest_options() -> anyhow::Result<IngestOptions> {
    Ok(IngestOptions { key: key()?, ..IngestOptions::default() })
}

/// A dataset that `trainer ingest` wrote.
pub fn open(dir: &Path) -> anyhow::Result<Dataset> {
    Ok(Dataset::open_with(dir, key()?.as_ref())?)
}
