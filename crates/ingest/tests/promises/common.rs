//! Helpers on the small stores below `fixtures/ingest`.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use windowshop_ingest::{Dataset, IngestOptions, Report, ingest};
use windowshop_schema::StoreConfig;

pub fn fixture(name: &str) -> (StoreConfig, PathBuf) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ingest").join(name);
    (toml::from_str(&fs::read_to_string(dir.join("store.toml")).unwrap()).unwrap(), dir)
}

pub fn ingested(name: &str) -> (TempDir, Dataset) {
    let (store, dir) = fixture(name);
    let out = tempfile::tempdir().unwrap();
    ingest(&store, &dir, &out.path().join("dataset"), &IngestOptions::default()).unwrap();
    let dataset = Dataset::open(&out.path().join("dataset")).unwrap();
    (out, dataset)
}

pub fn titles(dataset: &Dataset, rows: &[u32]) -> Vec<String> {
    rows.iter().map(|row| dataset.items[*row as usize].title.clone()).collect()
}

pub fn ids(dataset: &Dataset, rows: &[u32]) -> Vec<String> {
    rows.iter().map(|row| dataset.items[*row as usize].id.clone()).collect()
}

/// (reason, rows) of one table, by reason.
pub fn reasons<'a>(report: &'a Report, table: &str) -> Vec<(&'a str, u64)> {
    report
        .dropped
        .iter()
        .filter(|finding| finding.table == table)
        .map(|finding| (finding.reason.as_str(), finding.rows))
        .collect()
}
