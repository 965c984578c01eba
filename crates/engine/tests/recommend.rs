//! Parity of recommendations: the CPU engine against burn on two backends.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use burn::tensor::Device;
use windowshop_bundle::{Bundle, NetworkFile, Precision, Tensor, Tensors};
use windowshop_engine::Engine;
use windowshop_features::{Blend, NextItem, next_item::FEATURES};
use windowshop_model::{Sequence, SequenceBatch, weights};
use windowshop_schema::{
    InteractionKind, Neighbours, NetworkKind, SequenceConfig, Vectors,
    manifest::{ModelCard, SequenceCard},
    request::TrackedEvent,
};

const TOLERANCE: f32 = 1e-4;
const ITEMS: usize = 37;
const DIM: usize = 10;
const BLEND: [f32; FEATURES] = [1.1, 0.2, 0.5, 0.3, -0.4, 0.1, 0.2, 0.05, 0.15];

fn config() -> SequenceConfig {
    SequenceConfig { embedding_dim: DIM, max_items: 5, ..Default::default() }
}

fn beside() -> NextItem {
    let row = |i: usize| (1..4).map(|k| (((i * 5 + k * 7) % ITEMS) as u32, 0.5 / k as f32)).collect();
    let popularity = (0..ITEMS).map(|i| (i % 9) as f32 / 9.0).collect();
    NextItem { neighbours: Neighbours::from_rows((0..ITEMS).map(row).collect()), popularity }
}

fn ids() -> Vec<String> {
    (0..ITEMS).map(|i| format!("item {i}")).collect()
}

/// A network with random weights and its engine.
fn setup(device: &Device) -> (Sequence, Engine) {
    device.seed(4);
    let values = (0..ITEMS * DIM).map(|i| ((i * 7919) % 1000) as f32 / 500.0 - 1.0).collect();
    let network = Sequence::init(&config(), &Vectors { dim: DIM, values }, device);
    let tensors = weights::save(&network).into_iter().map(|(n, w)| (n, Tensor { shape: w.shape, data: w.values }));
    let mut tensors: BTreeMap<_, _> = tensors.collect();
    tensors.insert("popularity".into(), Tensor { shape: vec![ITEMS, 1], data: beside().popularity });
    let card =
        SequenceCard { model: config(), blend: BLEND.to_vec(), metrics: BTreeMap::new(), card: ModelCard::default() };
    let file = NetworkFile {
        card: serde_json::to_string(&card).unwrap(),
        ids: ids(),
        neighbours: BTreeMap::from([("near".to_owned(), beside().neighbours)]),
        weights: Tensors(tensors),
        ..Default::default()
    };
    let bundle =
        Bundle { name: "sessions".into(), ranker: None, networks: BTreeMap::from([(NetworkKind::Sequence, file)]) };
    let files: BTreeMap<_, _> = bundle.encode(Some(Precision::F32)).unwrap().into_iter().collect();
    (network, Engine::load(std::str::from_utf8(&files["manifest.json"]).unwrap(), &files).unwrap())
}

fn compare(device: &Device) {
    let (network, engine) = setup(device);
    let sessions: [&[u32]; 5] = [&[3], &[3, 9], &[9, 3, 9, 9], &[1, 2, 3, 4, 5, 6, 7, 8], &[36, 0, 36]];
    for session in sessions {
        let batch = SequenceBatch::new(&[session], config().max_items, device);
        let logits = network.forward(&batch).matmul(network.all_items().transpose()) * network.logit_scale();
        let logits = logits.into_data().try_to_vec::<f32>().unwrap();
        let expected = beside().scores(session, &logits, &Blend(BLEND));
        let found = engine.networks().sequence().unwrap().scores(session);
        assert_eq!(found.len(), ITEMS);
        for (a, b) in found.iter().zip(&expected) {
            assert!((a - b).abs() <= TOLERANCE * (1.0 + b.abs()), "{session:?}: {a} against {b}");
        }
    }
}

#[test]
fn recommendations_agree_with_burn_flex() {
    compare(&Device::flex());
}

#[test]
#[allow(deprecated)] // the independent reference
fn recommendations_agree_with_burn_ndarray() {
    compare(&Device::ndarray());
}

fn visit(engine: &mut Engine, items: &[&str]) {
    for (at, item) in items.iter().enumerate() {
        let event = TrackedEvent { kind: InteractionKind::Click, item_id: (*item).into(), timestamp_ms: None };
        engine.track(event, at as f64).unwrap();
    }
}

#[test]
fn recommendations_depend_on_the_session_and_leave_out_excluded_items() {
    let (_, mut engine) = setup(&Device::flex());
    visit(&mut engine, &["item 3", "a stranger", "item 9"]);
    let recommender = |engine: &Engine, top_n, exclude: &[String]| {
        let found = engine.recommend(top_n, exclude).unwrap();
        found.iter().map(|r| (engine.networks().sequence().unwrap().id(r.item).to_owned(), r.score)).collect::<Vec<_>>()
    };
    let all = recommender(&engine, ITEMS + 5, &[]);
    assert_eq!(all.len(), ITEMS);
    assert!(all.windows(2).all(|pair| pair[0].1 >= pair[1].1));
    assert!((all.iter().map(|(_, score)| score).sum::<f32>() - 1.0).abs() < 1e-4);
    assert_eq!(recommender(&engine, 3, &[]), all[..3]);
    assert_eq!(recommender(&engine, 2, &[all[0].0.clone(), "nobody".into()]), all[1..3]);
    assert_eq!(recommender(&engine, 0, &[]), []);
}

#[test]
fn an_empty_session_gets_popular_items() {
    let (_, engine) = setup(&Device::flex());
    let best = engine.recommend(1, &[]).unwrap()[0];
    assert_eq!(best.item % 9, 8);
}
