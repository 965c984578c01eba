//! A small bundle with every kind of content, and a way to seal a manifest around altered files.
#![allow(dead_code, missing_docs)]

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use windowshop_bundle::{Bundle, BundleError, MANIFEST_FILE, NetworkFile, Precision, RankerBundle, Tensor, Tensors};
use windowshop_schema::{
    GradeScale, Group, Neighbours, NetworkKind, RankerConfig, Statistics,
    manifest::{Calibration, FeatureSpec, FileEntry, Metric, ModelCard, RankerCard, Standardisation},
    statistics::Vectors,
};

pub type Files = BTreeMap<String, Vec<u8>>;

/// A repeatable number in [-1, 1).
pub fn noise(i: usize) -> f32 {
    ((i.wrapping_mul(2_654_435_761) >> 7) % 20_000) as f32 / 10_000.0 - 1.0
}

pub fn card() -> RankerCard {
    let columns = vec!["popularity".to_owned(), "rating".to_owned()];
    RankerCard {
        model: RankerConfig::default(),
        groups: vec![Group::QueryMatch, Group::ItemQuality],
        features: FeatureSpec {
            context: vec!["query_words".into()],
            columns: BTreeMap::from([("item_quality".into(), columns)]),
            standardisation: BTreeMap::from([
                ("item_quality".into(), Standardisation { mean: vec![0.1, 4.25], std: vec![1.5, 0.3] }),
                ("context".into(), Standardisation { mean: vec![2.75], std: vec![1.0] }),
            ]),
        },
        calibration: Calibration::Grade { scale: GradeScale { min: 1.0, max: 3.0 } },
        metrics: BTreeMap::from([("ndcg@10".into(), Metric { value: 0.1 + 0.2, ci95: [0.29, 0.31] })]),
        card: ModelCard { data: "simulated".into(), simulated: true, lists: [70, 15, 15], ..ModelCard::default() },
    }
}

pub fn statistics() -> Statistics {
    let rows = vec![vec![(1, 0.9), (2, 0.001)], vec![], vec![(0, 3.0), (1, 0.02), (3, 0.02)], vec![(2, 0.5)]];
    Statistics {
        ids: ["mug", "teapot", "kettle-é", "杯子"].map(str::to_owned).into(),
        titles: ["Blue mug", "", "Kettle", "一个杯子"].map(str::to_owned).into(),
        signals: BTreeMap::from([
            ("popularity".into(), vec![0.25, f32::NAN, 1.0 / 3.0, 0.0]),
            ("price".into(), vec![1.0e6, 2.5, 3.0, 4.0]),
        ]),
        neighbours: BTreeMap::from([("bought_with".into(), Neighbours::from_rows(rows))]),
        item_vectors: Vectors { dim: 3, values: (0..12).map(noise).collect() },
        image_embeddings: Vectors::default(),
        text: BTreeMap::from([("idf".into(), (0..16).map(|i| 1.0 + i as f32 / 7.0).collect())]),
    }
}

pub fn weights() -> Tensors {
    let tensor = |shape: &[usize]| {
        let count = shape.iter().product::<usize>();
        Tensor { shape: shape.to_vec(), data: (0..count).map(|i| noise(i + shape.len())).collect() }
    };
    Tensors(BTreeMap::from([
        ("text.table.weight".into(), tensor(&[16, 4])),
        ("gates.weight".into(), tensor(&[4, 2, 3])),
        ("gates.bias".into(), tensor(&[2])),
        ("temperature".into(), tensor(&[])),
        ("dead.weight".into(), Tensor { shape: vec![2, 2], data: vec![0.0; 4] }),
    ]))
}

pub fn bundle() -> Bundle {
    let ranker = RankerBundle { card: card(), weights: weights(), statistics: statistics() };
    let sentiment = NetworkFile { card: "{}".into(), vocabulary: vec![5, 9], weights: weights(), ..Default::default() };
    Bundle {
        name: "corner \"shop\" ☕".into(),
        ranker: Some(ranker),
        networks: BTreeMap::from([(NetworkKind::Sentiment, sentiment)]),
    }
}

/// [`bundle`] with everything that format 4 named anew.
pub fn visual_bundle() -> Bundle {
    let mut bundle = bundle();
    let ranker = ranker(&mut bundle);
    ranker.card.groups.extend([Group::Reviews, Group::Visual]);
    let features = &mut ranker.card.features;
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let columns = names(&["visual_mean_similarity", "visual_best_similarity", "visual_last_similarity"]);
    features.columns.insert("visual".into(), columns);
    features.columns.insert("reviews".into(), names(&["review_sentiment"]));
    let visual = Standardisation { mean: vec![0.25, 0.5, 0.0], std: vec![0.125, 1.0, 0.0] };
    features.standardisation.insert("visual".into(), visual);
    features.standardisation.insert("reviews".into(), Standardisation { mean: vec![0.5], std: vec![0.75] });
    ranker.statistics.signals.insert("review_sentiment".into(), vec![0.5, f32::NAN, -1.0, 1.0]);
    ranker.statistics.image_embeddings = Vectors { dim: 5, values: (0..20).map(noise).collect() };
    let weight = Tensor { shape: vec![2, 3], data: (0..6).map(noise).collect() };
    ranker.weights.0.insert("visual.layers.0.weight".into(), weight);
    ranker.weights.0.insert("visual.layers.0.bias".into(), Tensor { shape: vec![2], data: vec![0.5, -0.5] });
    bundle
}

/// The manifest's text and the other files.
pub fn encoded(bundle: &Bundle, precision: Precision) -> (String, Files) {
    let mut files: Files = bundle.encode(Some(precision)).unwrap().into_iter().collect();
    let manifest = files.remove(MANIFEST_FILE).unwrap();
    (String::from_utf8(manifest).unwrap(), files)
}

/// A manifest whose checksums are right for whatever `files` hold: what an attacker would send.
pub fn resealed(manifest_json: &str, files: &Files) -> String {
    let mut manifest = Bundle::read_manifest(manifest_json).unwrap();
    let entry =
        |bytes: &Vec<u8>| FileEntry { sha256: hex(bytes), size_bytes: bytes.len() as u64, precision: "f32".into() };
    manifest.files = files.iter().map(|(name, bytes)| (name.clone(), entry(bytes))).collect();
    sealed(&serde_json::to_string(&manifest).unwrap())
}

/// The text of a manifest with its checksum, without any white space.
pub fn sealed(compact_json: &str) -> String {
    format!("{{\"checksum\":\"{}\",{}", hex(compact_json.as_bytes()), &compact_json[1..])
}

pub fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Decodes as a page does: from the manifest's text.
pub fn decoded(manifest_json: &str, files: &Files) -> Result<Bundle, BundleError> {
    Bundle::decode(&Bundle::read_manifest(manifest_json)?, files)
}

/// Everything in a bundle, comparable even where a signal is unknown.
pub fn content(bundle: &Bundle) -> String {
    format!("{bundle:?}")
}

/// The ranker of a bundle that has one.
pub fn ranker(bundle: &mut Bundle) -> &mut RankerBundle {
    bundle.ranker.as_mut().unwrap()
}
