//! Altered bytes are refused or harmless, and hostile files never panic.
#![allow(missing_docs)]

mod common;

use std::collections::BTreeMap;

use common::{Files, bundle, content, encoded, resealed};
use proptest::prelude::*;
use safetensors::{Dtype, tensor::TensorView};
use windowshop_bundle::{Bundle, Precision, RANKER_FILE, STATISTICS_FILE};

const PRECISIONS: [Precision; 3] = [Precision::F32, Precision::F16, Precision::Int8];

/// A manifest that still decodes must mean the same.
fn assert_refused_or_equal(altered: &[u8], files: &Files, original: &Bundle) {
    let Ok(text) = std::str::from_utf8(altered) else { return };
    if let Ok(decoded) = common::decoded(text, files) {
        assert_eq!(content(&decoded), content(original));
    }
}

#[test]
fn every_flipped_bit_and_every_truncation_of_the_manifest_is_refused_or_harmless() {
    let (manifest, files) = encoded(&bundle(), Precision::Int8);
    let original = common::decoded(&manifest, &files).unwrap();
    let bytes = manifest.as_bytes();
    for at in 0..bytes.len() {
        assert_refused_or_equal(&bytes[..at], &files, &original);
        for bit in 0..8 {
            let mut altered = bytes.to_vec();
            altered[at] ^= 1 << bit;
            assert_refused_or_equal(&altered, &files, &original);
        }
    }
}

fn altered(files: &Files, which: prop::sample::Index, at: prop::sample::Index, flip: u8, cut: bool) -> Files {
    let mut files = files.clone();
    let count = files.len();
    let bytes = files.values_mut().nth(which.index(count)).unwrap();
    let at = at.index(bytes.len());
    if cut {
        bytes.truncate(at)
    } else {
        bytes[at] ^= flip
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_flip_or_truncation_of_any_other_file_is_refused(
        which: prop::sample::Index, at: prop::sample::Index, flip in 1_u8.., cut: bool, precision in 0..3_usize,
    ) {
        let (manifest, files) = encoded(&bundle(), PRECISIONS[precision]);
        let error = common::decoded(&manifest, &altered(&files, which, at, flip, cut)).unwrap_err();
        prop_assert_eq!(error.code(), "bundle_corrupt");
    }

    #[test]
    fn altered_files_under_right_checksums_never_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1_u8.., prop::bool::weighted(0.1)), 1..6),
        precision in 0..3_usize,
    ) {
        let (manifest, mut files) = encoded(&bundle(), PRECISIONS[precision]);
        for (which, at, flip, cut) in edits {
            if files.values().all(|bytes| !bytes.is_empty()) {
                files = altered(&files, which, at, flip, cut);
            }
        }
        assert_refused_or_usable(&resealed(&manifest, &files), &files);
    }

    #[test]
    fn well_formed_files_of_nonsense_never_panic(tensors in prop::collection::btree_map(name(), array(), 0..12)) {
        let view = |(dtype, shape, bytes): &(Dtype, Vec<usize>, Vec<u8>)| {
            let bytes: &'static [u8] = bytes.clone().leak();
            TensorView::new(*dtype, shape.clone(), bytes).unwrap()
        };
        let views: BTreeMap<&String, TensorView<'_>> = tensors.iter().map(|(name, array)| (name, view(array))).collect();
        let nonsense = safetensors::serialize(views, None).unwrap();
        let (manifest, mut files) = encoded(&bundle(), Precision::Int8);
        files.insert(STATISTICS_FILE.into(), nonsense.clone());
        assert_refused_or_usable(&resealed(&manifest, &files), &files);
        files.insert(RANKER_FILE.into(), nonsense);
        assert_refused_or_usable(&resealed(&manifest, &files), &files);
    }
}

fn assert_refused_or_usable(manifest: &str, files: &Files) {
    match common::decoded(manifest, files) {
        Err(error) => assert_eq!(error.code(), "bundle_corrupt"),
        Ok(decoded) => {
            let ranker = decoded.ranker.unwrap();
            assert!(ranker.weights.0.values().all(|t| t.data.iter().all(|v| v.is_finite())));
            let items = ranker.statistics.ids.len() as u32;
            for table in ranker.statistics.neighbours.values() {
                (0..items + 2).for_each(|item| assert!(table.row(item).0.iter().all(|other| *other < items)));
            }
        }
    }
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "ids.bytes",
        "ids.lengths",
        "titles.bytes",
        "titles.lengths",
        "signals.a",
        "text.idf",
        "item_vectors",
        "item_vectors.scale",
        "image_embeddings",
        "neighbours.n.counts",
        "neighbours.n.gaps",
        "neighbours.n.codes",
        "neighbours.n.weights",
        "neighbours.n.levels",
        "w",
        "w.scale",
    ])
    .prop_map(str::to_owned)
}

fn array() -> impl Strategy<Value = (Dtype, Vec<usize>, Vec<u8>)> {
    let types = vec![
        (Dtype::U8, 1),
        (Dtype::I8, 1),
        (Dtype::U16, 2),
        (Dtype::F16, 2),
        (Dtype::U32, 4),
        (Dtype::F32, 4),
        (Dtype::F64, 8),
    ];
    (prop::sample::select(types), prop::collection::vec(0..5_usize, 0..3), any::<bool>()).prop_flat_map(
        |((dtype, width), shape, zero)| {
            let size = shape.iter().product::<usize>() * width;
            let byte = if zero { (0_u8..2).boxed() } else { any::<u8>().boxed() };
            prop::collection::vec(byte, size).prop_map(move |bytes| (dtype, shape.clone(), bytes))
        },
    )
}

#[test]
fn a_header_that_claims_more_than_there_is_allocates_nothing() {
    for claim in [u64::MAX, 1 << 40, 99_999_999, 1 << 32] {
        let (manifest, mut files) = encoded(&bundle(), Precision::F16);
        files.get_mut(RANKER_FILE).unwrap()[..8].copy_from_slice(&claim.to_le_bytes());
        let error = common::decoded(&resealed(&manifest, &files), &files).unwrap_err();
        assert_eq!(error.code(), "bundle_corrupt");
    }
    for shape in ["[18446744073709551615,18446744073709551615]", "[9223372036854775807,0]", "[0,9223372036854775807]"] {
        let header = format!(r#"{{"w":{{"dtype":"I8","shape":{shape},"data_offsets":[0,0]}}}}"#);
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.as_bytes());
        let (manifest, mut files) = encoded(&bundle(), Precision::F16);
        files.insert(RANKER_FILE.into(), file);
        let error = common::decoded(&resealed(&manifest, &files), &files).unwrap_err();
        assert_eq!(error.code(), "bundle_corrupt");
    }
}
