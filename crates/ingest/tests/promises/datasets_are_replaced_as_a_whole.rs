//! A dataset is replaced as a whole or not at all.

use std::fs;

use windowshop_ingest::{Dataset, IngestError, IngestOptions, ingest};

use crate::common::{fixture, ingested};

#[test]
fn a_dataset_of_an_older_format_is_refused_with_both_versions_named() {
    let (dir, _) = ingested("graded");
    let path = dir.path().join("dataset/dataset.json");
    let older = fs::read_to_string(&path).unwrap().replace("\"format_version\": 7", "\"format_version\": 6");
    fs::write(&path, older).unwrap();
    let error = Dataset::open(&dir.path().join("dataset")).unwrap_err();
    assert!(matches!(error, IngestError::FormatVersion { found: 6, expected: 7, .. }), "{error}");
    assert!(error.to_string().contains("run `trainer ingest` again"), "{error}");
}

#[test]
fn a_failed_ingest_leaves_the_older_dataset_and_a_later_one_replaces_it() {
    let (store, dir) = fixture("graded");
    let out = tempfile::tempdir().unwrap();
    let dataset = out.path().join("dataset");
    ingest(&store, &dir, &dataset, &IngestOptions::default()).unwrap();
    let before = Dataset::open(&dataset).unwrap().fingerprint;
    ingest(&store, &out.path().join("nowhere"), &dataset, &IngestOptions::default()).unwrap_err();
    assert_eq!(Dataset::open(&dataset).unwrap().fingerprint, before);

    let (other, other_dir) = fixture("candidates");
    ingest(&other, &other_dir, &dataset, &IngestOptions::default()).unwrap();
    assert_eq!(Dataset::open(&dataset).unwrap().name, "candidates");
    let left: Vec<_> = fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["dataset"], "nothing temporary is left");
}

#[test]
fn a_folder_that_is_not_a_dataset_is_never_replaced() {
    let (store, dir) = fixture("graded");
    let out = tempfile::tempdir().unwrap();
    fs::write(out.path().join("thesis.txt"), "years of work").unwrap();
    let error = ingest(&store, &dir, out.path(), &IngestOptions::default()).unwrap_err();
    assert!(matches!(error, IngestError::OutputTaken { .. }));
    assert!(out.path().join("thesis.txt").exists());
    assert!(matches!(Dataset::open(out.path()), Err(IngestError::NotADataset { .. })));
}
