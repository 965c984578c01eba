//! Bundles of every released format load forever. `UPDATE_GOLDEN=1` rewrites the one of the newest format.
#![allow(missing_docs)]

mod common;

use std::path::{Path, PathBuf};

use windowshop_bundle::{Bundle, Precision};
use windowshop_schema::{Group, manifest::FORMAT_VERSION};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/bundles").join(name)
}

/// Reads a golden and compares it with `bundle` as today's codec returns it.
fn assert_loads(name: &str, format: u32, bundle: &Bundle) -> Bundle {
    let (manifest, golden) = Bundle::read(&fixture(name)).unwrap();
    assert_eq!(manifest.format_version, format);
    let (manifest, files) = common::encoded(bundle, Precision::Int8);
    assert_eq!(common::content(&golden), common::content(&common::decoded(&manifest, &files).unwrap()));
    golden
}

#[test]
fn a_bundle_of_format_3_still_loads() {
    assert_loads("model-v3", 3, &common::bundle());
}

#[test]
fn the_renamed_group_columns_and_tensors_of_format_3_load_under_their_new_names() {
    let bundle = assert_loads("model-v3-visual", 3, &Bundle { name: "look".into(), ..common::visual_bundle() });
    let ranker = bundle.ranker.unwrap();
    assert!(ranker.card.groups.contains(&Group::Visual));
    assert!(ranker.weights.0.contains_key("visual.layers.0.weight"));
    assert!(ranker.statistics.signals.contains_key("review_sentiment"));
    assert_eq!(ranker.statistics.image_embeddings.dim, 5);
}

#[test]
fn a_bundle_of_format_4_still_loads() {
    assert_eq!(FORMAT_VERSION, 4, "a new format needs a golden of its own");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let files = common::visual_bundle().encode(Some(Precision::Int8)).unwrap();
        Bundle::write(&fixture("model-v4"), &files).unwrap();
    }
    assert_loads("model-v4", 4, &common::visual_bundle());
}
