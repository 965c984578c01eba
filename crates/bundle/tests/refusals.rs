//! Refused bundles: the code and the message.
#![allow(missing_docs)]

mod common;

use common::{bundle, decoded, encoded, ranker, sealed};
use windowshop_bundle::{Bundle, BundleError, Precision, RANKER_FILE, STATISTICS_FILE};
use windowshop_schema::{Neighbours, NetworkKind, manifest::FEATURE_VERSION};

fn refused(manifest: &str, files: &common::Files) -> BundleError {
    decoded(manifest, files).unwrap_err()
}

fn unencodable(change: impl FnOnce(&mut Bundle)) -> String {
    let mut bundle = bundle();
    change(&mut bundle);
    let error = bundle.encode(Some(Precision::Int8)).unwrap_err();
    assert_eq!(error.code(), "bundle_invalid");
    error.to_string()
}

#[test]
fn another_format_version_is_named_before_anything_else_is_read() {
    for format in [0, 1, 2, 5] {
        let manifest = format!(r#"{{"format_version": {format}, "features": {{"version": 9}}, "whatever": [1]}}"#);
        let error = refused(&manifest, &Default::default());
        assert_eq!(error.code(), "bundle_version");
        assert_eq!(
            error.to_string(),
            format!(
                "manifest.json: bundle format {format} is not supported: this engine reads formats 3 to 4; re-export the bundle"
            )
        );
    }
}

#[test]
fn another_feature_version_is_refused() {
    let (manifest, _) = encoded(&bundle(), Precision::F16);
    let mut other = Bundle::read_manifest(&manifest).unwrap();
    other.feature_version = FEATURE_VERSION + 1;
    let manifest = sealed(&serde_json::to_string(&other).unwrap());
    let error = refused(&manifest, &Default::default());
    assert_eq!(error.code(), "bundle_features");
    let text = error.to_string();
    assert!(text.contains(&format!("version {}", FEATURE_VERSION + 1)), "{text}");
    assert!(text.contains(&format!("version {FEATURE_VERSION};")), "{text}");
    assert!(text.ends_with("train and export again"), "{text}");
}

#[test]
fn a_missing_file_is_named() {
    let (manifest, mut files) = encoded(&bundle(), Precision::F16);
    files.remove(STATISTICS_FILE);
    let error = refused(&manifest, &files);
    assert_eq!(error.code(), "bundle_missing_file");
    assert!(error.to_string().starts_with("statistics.safetensors: "), "{error}");
}

#[test]
fn a_truncated_file_is_named_with_both_sizes() {
    let (manifest, mut files) = encoded(&bundle(), Precision::F16);
    let bytes = files.get_mut(RANKER_FILE).unwrap();
    let full = bytes.len();
    bytes.truncate(100);
    let error = refused(&manifest, &files);
    assert_eq!(error.code(), "bundle_corrupt");
    let expected = format!("ranker.safetensors: found 100 bytes, expected {full}; download or export the bundle again");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_manifest_without_its_checksum_is_refused() {
    let (manifest, _) = encoded(&bundle(), Precision::F16);
    let manifest = serde_json::to_string(&Bundle::read_manifest(&manifest).unwrap()).unwrap();
    let error = refused(&manifest, &Default::default());
    assert!(error.to_string().contains("`checksum`"), "{error}");
}

#[test]
fn an_edited_manifest_is_refused_and_a_reformatted_one_is_not() {
    let (manifest, files) = encoded(&bundle(), Precision::F16);
    let edited = manifest.replace("4.25", "4.26");
    assert_ne!(edited, manifest);
    assert_eq!(refused(&edited, &files).code(), "bundle_corrupt");
    let with_other_line_ends = manifest.replace('\n', "\r\n");
    assert!(decoded(&with_other_line_ends, &files).is_ok());
}

#[test]
fn an_unknown_file_is_refused() {
    let (manifest, mut files) = encoded(&bundle(), Precision::F16);
    files.insert("../secrets".into(), vec![1]);
    let manifest = common::resealed(&manifest, &files);
    assert!(refused(&manifest, &files).to_string().contains("`../secrets`"));
}

#[test]
fn weights_that_are_not_finite_are_refused() {
    let text = unencodable(|b| ranker(b).weights.0.get_mut("gates.bias").unwrap().data[1] = f32::NAN);
    assert_eq!(
        text,
        "ranker.safetensors: `gates.bias`: found NaN at position 1, expected finite numbers; nothing was written"
    );
}

#[test]
fn inconsistent_content_is_refused_when_written() {
    let relation = |change: fn(&mut Neighbours)| {
        unencodable(|b| change(ranker(b).statistics.neighbours.get_mut("bought_with").unwrap()))
    };
    assert!(relation(|n| n.items[0] = 4).contains("neighbour 4"));
    assert!(relation(|n| n.weights[0] = 0.0).contains("weight 0"));
    assert!(relation(|n| n.items.swap(0, 1)).contains("row 0 out of order"));
    assert!(relation(|n| n.offsets.swap(1, 3)).contains("offsets"));
    assert!(relation(|n| n.offsets.truncate(2)).contains("1 rows"));
    assert!(unencodable(|b| ranker(b).statistics.ids[1] = "mug".into()).contains("`mug` twice"));
    assert!(unencodable(|b| ranker(b).statistics.titles.truncate(1)).contains("titles"));
    assert!(unencodable(|b| ranker(b).statistics.item_vectors.dim = 4).contains("item_vectors"));
    assert!(unencodable(|b| ranker(b).statistics.image_embeddings.dim = 4).contains("image_embeddings"));
    assert!(unencodable(|b| ranker(b).weights.0.get_mut("gates.bias").unwrap().shape = vec![3]).contains("gates.bias"));
    assert!(unencodable(|b| ranker(b).card.metrics.values_mut().next().unwrap().value = f64::NAN).contains("ndcg@10"));
}

#[test]
fn a_standard_deviation_near_zero_is_refused() {
    for std in [1e-9, -1.0, f32::NAN] {
        let text = unencodable(|b| {
            ranker(b).card.features.standardisation.get_mut("item_quality").unwrap().std[1] = std;
        });
        assert!(text.contains("features.standardisation.item_quality"), "{std}: {text}");
    }
}

#[test]
fn an_empty_bundle_is_refused() {
    assert!(unencodable(|b| *b = Bundle::default()).contains("`files`: found none"));
}

#[test]
fn the_missing_file_of_a_network_is_named() {
    let (manifest, files) = encoded(&Bundle { networks: Default::default(), ..bundle() }, Precision::F16);
    let manifest = Bundle::read_manifest(&manifest).unwrap();
    let error = Bundle::decode_network(&manifest, NetworkKind::Sentiment, &files[RANKER_FILE]).unwrap_err();
    assert_eq!(error.code(), "bundle_missing_file");
    assert!(error.to_string().starts_with("sentiment.safetensors: "), "{error}");
}
