//! Bundles of every released format load forever. `UPDATE_GOLDEN=1` rewrites the newest one.
#![allow(missing_docs)]

mod common;

use std::path::Path;

use windowshop_bundle::{Bundle, Precision};

#[test]
fn a_bundle_of_format_3_still_loads() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/bundles/model-v3");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        Bundle::write(&dir, &common::bundle().encode(Some(Precision::Int8)).unwrap()).unwrap();
    }
    let (_, golden) = Bundle::read(&dir).unwrap();
    let (manifest, files) = common::encoded(&common::bundle(), Precision::Int8);
    let ours = common::decoded(&manifest, &files).unwrap();
    assert_eq!(common::content(&golden), common::content(&ours));
}
