//! A round trip stays within the error bounds of `Precision`.
#![allow(missing_docs)]

mod common;

use std::collections::BTreeMap;

use common::{bundle, content, decoded, encoded, noise, ranker};
use windowshop_bundle::{Bundle, Precision, RankerBundle, Tensor, Tensors};
use windowshop_schema::{Neighbours, NetworkKind, Statistics, statistics::Vectors};

fn back(bundle: &Bundle, precision: Precision) -> Bundle {
    let (manifest, files) = encoded(bundle, precision);
    decoded(&manifest, &files).unwrap()
}

/// The ranker before and after.
fn both(precision: Precision) -> [RankerBundle; 2] {
    [bundle(), back(&bundle(), precision)].map(|bundle| bundle.ranker.unwrap())
}

fn assert_f16_close(x: &[f32], y: &[f32]) {
    assert_eq!(x.len(), y.len());
    for (x, y) in x.iter().zip(y) {
        let bound = (x.abs() * 2.0_f32.powi(-11)).max(2.0_f32.powi(-25));
        assert!((x - y).abs() <= bound || (x.is_nan() && y.is_nan()), "{x} became {y}");
    }
}

fn assert_int8_close(x: &Tensor, y: &Tensor) {
    assert_eq!(x.shape, y.shape);
    let columns = x.data.len() / x.shape[0];
    for (x, y) in x.data.chunks(columns).zip(y.data.chunks(columns)) {
        let bound = x.iter().fold(0.0_f32, |m, v| m.max(v.abs())) / 254.0 * (1.0 + 1e-5);
        for (x, y) in x.iter().zip(y) {
            assert!((x - y).abs() <= bound, "{x} became {y}: more than {bound} away");
        }
    }
}

#[test]
fn f32_is_exact() {
    let before = bundle();
    let after = back(&before, Precision::F32);
    assert_eq!(common::content(&after), common::content(&before));
}

#[test]
fn f16_stays_within_the_stated_error() {
    let [before, after] = both(Precision::F16);
    for (name, tensor) in &before.weights.0 {
        assert_eq!(tensor.shape, after.weights.0[name].shape);
        assert_f16_close(&tensor.data, &after.weights.0[name].data);
    }
    assert_f16_close(&before.statistics.item_vectors.values, &after.statistics.item_vectors.values);
    assert_smaller_statistics_are_close(&before.statistics, &after.statistics);
}

#[test]
fn int8_stays_within_the_stated_error() {
    let [before, after] = both(Precision::Int8);
    for (name, tensor) in &before.weights.0 {
        let decoded = &after.weights.0[name];
        if tensor.shape.len() > 1 { assert_int8_close(tensor, decoded) } else { assert_eq!(tensor, decoded) }
    }
    let vectors = |v: &Vectors| Tensor { shape: vec![v.values.len() / v.dim, v.dim], data: v.values.clone() };
    assert_int8_close(&vectors(&before.statistics.item_vectors), &vectors(&after.statistics.item_vectors));
    assert_smaller_statistics_are_close(&before.statistics, &after.statistics);
}

fn assert_smaller_statistics_are_close(before: &Statistics, after: &Statistics) {
    assert_eq!((&before.ids, &before.titles), (&after.ids, &after.titles));
    assert_eq!(before.signals["price"], after.signals["price"], "beyond half precision's range a signal stays exact");
    assert_f16_close(&before.signals["popularity"], &after.signals["popularity"]);
    assert_f16_close(&before.text["idf"], &after.text["idf"]);
    let (x, y) = (&before.neighbours["bought_with"], &after.neighbours["bought_with"]);
    assert_eq!((&x.offsets, &x.items), (&y.offsets, &y.items));
    let bound = (3.0_f64 / 0.001).ln() / 510.0 + 1e-5;
    for (x, y) in x.weights.iter().zip(&y.weights) {
        assert!((f64::from(*y).ln() - f64::from(*x).ln()).abs() <= bound, "{x} became {y}");
    }
}

#[test]
fn a_second_round_trip_changes_nothing() {
    for precision in [Precision::F32, Precision::F16] {
        let once = back(&bundle(), precision);
        assert_eq!(common::content(&back(&once, precision)), common::content(&once));
    }
}

#[test]
fn image_embeddings_survive_the_round_trip_like_item_vectors() {
    let mut before = bundle();
    let image_embeddings = Vectors { dim: 2, values: vec![0.5, -0.25, 0.0, 0.0, 1.0, 0.0, 0.125, 0.75] };
    ranker(&mut before).statistics.image_embeddings = image_embeddings.clone();
    let after = |precision| back(&before, precision).ranker.unwrap().statistics.image_embeddings;
    assert_eq!(after(Precision::F16), image_embeddings);
    let image_embeddings = after(Precision::Int8);
    assert_eq!((image_embeddings.dim, &image_embeddings.values[2..4]), (2, &[0.0, 0.0][..]));
}

#[test]
fn embeddings_take_one_byte_per_number_and_keep_their_direction() {
    const DIM: usize = 64;
    let mut before = bundle();
    let rows = ranker(&mut before).statistics.ids.len();
    let values: Vec<f32> = (0..rows * DIM).map(|i| ((i * i * 31 + i * 7) % 97) as f32 / 400.0 - 0.12).collect();
    ranker(&mut before).statistics.image_embeddings = Vectors { dim: DIM, values: values.clone() };
    let after = |precision| back(&before, precision).ranker.unwrap().statistics.image_embeddings.values;
    assert_eq!(after(Precision::F32), values);
    let small = after(Precision::F16);
    assert_eq!(small, after(Precision::Int8));
    assert_ne!(small, values);
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    for (a, b) in small.chunks(DIM).zip(values.chunks(DIM)) {
        let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
        assert!(cosine > 0.99998, "{cosine}");
    }
}

#[test]
fn an_excluded_feature_stays_excluded() {
    let mut left_out = bundle();
    let features = &mut ranker(&mut left_out).card.features;
    features.standardisation.get_mut("item_quality").unwrap().std[1] = 0.0;
    let mut back = back(&left_out, Precision::F16);
    assert_eq!(ranker(&mut back).card.features.standardisation["item_quality"].std, [1.5, 0.0]);
}

#[test]
fn equal_bundles_have_equal_bytes() {
    assert_eq!(encoded(&bundle(), Precision::Int8), encoded(&bundle(), Precision::Int8));
}

#[test]
fn a_bundle_without_an_item_index_has_two_files() {
    let mut before = Bundle { networks: BTreeMap::new(), ..bundle() };
    ranker(&mut before).statistics = Statistics::default();
    let (manifest, files) = encoded(&before, Precision::F16);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["ranker.safetensors"]);
    assert_eq!(decoded(&manifest, &files).unwrap().ranker.unwrap().statistics, Statistics::default());
}

#[test]
fn a_network_is_usable_without_a_ranker() {
    let before = Bundle { ranker: None, ..bundle() };
    let (manifest, files) = encoded(&before, Precision::F32);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["sentiment.safetensors"]);
    assert_eq!(decoded(&manifest, &files).unwrap(), before);
}

#[test]
fn a_network_that_is_fetched_later_is_decoded_later() {
    let (manifest, mut files) = encoded(&bundle(), Precision::F32);
    let sentiment = files.remove(NetworkKind::Sentiment.file()).unwrap();
    let without = Bundle { networks: BTreeMap::new(), ..bundle() };
    assert_eq!(content(&decoded(&manifest, &files).unwrap()), content(&without));
    let manifest = Bundle::read_manifest(&manifest).unwrap();
    let kind = Bundle::decode_network(&manifest, NetworkKind::Sentiment, &sentiment).unwrap();
    assert_eq!(kind, bundle().networks[&NetworkKind::Sentiment]);
}

#[test]
fn without_a_precision_each_file_has_its_default() {
    let files: BTreeMap<_, _> = bundle().encode(None).unwrap().into_iter().collect();
    let manifest = Bundle::read_manifest(std::str::from_utf8(&files["manifest.json"]).unwrap()).unwrap();
    let precision = |name: &str| manifest.files[name].precision.clone();
    assert_eq!([precision("ranker.safetensors"), precision("sentiment.safetensors")], ["f16", "int8"]);
}

#[test]
fn a_shop_of_16859_items_fits_four_megabytes() {
    let items = 16_859;
    let row = |i: usize| (0..30).map(|k| (((i * 31 + k * 577) % items) as u32, 0.5 / (k + 1) as f32)).collect();
    let statistics = Statistics {
        ids: (0..items).map(|i| format!("{:06}", i * 7)).collect(),
        titles: (0..items).map(|i| format!("{:<41}", format!("A game called number {i}"))).collect(),
        signals: ["popularity", "click_rate", "rating", "rating_count"]
            .map(|name| (name.to_owned(), (0..items).map(noise).collect()))
            .into(),
        neighbours: BTreeMap::from([("next".into(), Neighbours::from_rows((0..items).map(row).collect()))]),
        item_vectors: Vectors { dim: 32, values: (0..items * 32).map(noise).collect() },
        image_embeddings: Vectors::default(),
        text: BTreeMap::from([("idf".into(), vec![3.0; 16_384])]),
    };
    let table = Tensor { shape: vec![16_384, 32], data: (0..16_384 * 32).map(noise).collect() };
    let weights = Tensors(BTreeMap::from([("text.table.weight".into(), table)]));
    let ranker = RankerBundle { card: common::card(), weights, statistics: statistics.clone() };
    let before = Bundle { name: "games".into(), ranker: Some(ranker), networks: BTreeMap::new() };
    let (manifest, files) = encoded(&before, Precision::Int8);
    let size = manifest.len() + files.values().map(Vec::len).sum::<usize>();
    assert!(size <= 4 << 20, "{size} bytes");
    let after = decoded(&manifest, &files).unwrap().ranker.unwrap().statistics;
    assert_eq!(after.ids, statistics.ids);
    assert_eq!(after.neighbours["next"].items, statistics.neighbours["next"].items);
}
