//! A bundle on disk is complete or absent, and other files are never deleted.
#![allow(missing_docs)]

mod common;

use std::fs;

use common::bundle;
use windowshop_bundle::{Bundle, Precision, RANKER_FILE};

#[test]
fn a_written_bundle_is_read_back_and_nothing_else_is_left() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("models/shop");
    Bundle::write(&dir, &bundle().encode(Some(Precision::F32)).unwrap()).unwrap();
    assert_eq!(common::content(&Bundle::read(&dir).unwrap().1), common::content(&bundle()));
    assert_eq!(fs::read_dir(dir.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn an_older_bundle_is_replaced_as_a_whole() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("shop");
    Bundle::write(&dir, &bundle().encode(Some(Precision::F32)).unwrap()).unwrap();
    let next = Bundle { ranker: None, ..bundle() };
    Bundle::write(&dir, &next.encode(Some(Precision::F32)).unwrap()).unwrap();
    assert_eq!(Bundle::read(&dir).unwrap().1, next);
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 2, "the old ranker is gone");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn a_failed_write_leaves_the_older_bundle() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("shop");
    Bundle::write(&dir, &bundle().encode(Some(Precision::F32)).unwrap()).unwrap();
    let error = Bundle::write(&dir, &[("no/such/folder".to_owned(), vec![1])]).unwrap_err();
    assert_eq!(error.code(), "bundle_io");
    assert!(Bundle::read(&dir).is_ok());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_with_other_files_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("thesis.txt"), "years of work").unwrap();
    let error = Bundle::write(root.path(), &bundle().encode(Some(Precision::F32)).unwrap()).unwrap_err();
    assert_eq!(error.code(), "bundle_occupied");
    assert!(error.to_string().contains("`thesis.txt`"), "{error}");
    assert!(root.path().join("thesis.txt").exists());
}

#[test]
fn a_missing_file_of_a_folder_is_named() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("shop");
    Bundle::write(&dir, &bundle().encode(Some(Precision::F32)).unwrap()).unwrap();
    fs::remove_file(dir.join(RANKER_FILE)).unwrap();
    assert_eq!(Bundle::read(&dir).unwrap_err().code(), "bundle_missing_file");
    assert_eq!(Bundle::read(root.path()).unwrap_err().code(), "bundle_missing_file");
}
