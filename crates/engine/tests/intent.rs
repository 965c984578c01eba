//! Parity of intent predictions: the CPU engine against burn on two backends.
#![allow(missing_docs)]

use std::collections::BTreeMap;

use burn::tensor::{Device, activation::softmax};
use windowshop_bundle::{Bundle, NetworkFile, Precision, Tensor, Tensors};
use windowshop_engine::{Engine, EngineError, intent::Cell};
use windowshop_features::{TableReader, TableShape, table};
use windowshop_model::{Intent, IntentBatch, weights};
use windowshop_schema::{
    IntentConfig, IntentNetwork, NetworkKind,
    manifest::{IntentCard, ModelCard},
    table::{Cells, TableColumn},
};

const TOLERANCE: f32 = 1e-5;

/// Rows with numbers, categories and missing cells.
fn columns() -> Vec<TableColumn> {
    let numbers = |values: [f32; 5]| Cells::Numbers(values.into());
    let names = ["fox", "owl", "", "fox", "elk"].map(|name| (!name.is_empty()).then(|| name.to_owned()));
    let column = |name: &str, cells| TableColumn { name: name.into(), cells };
    vec![
        column("pages", numbers([1.0, 4.0, 2.0, 30.0, f32::NAN])),
        column("seconds", numbers([0.5, 100.0, f32::NAN, 7.25, 3.0])),
        column("browser", Cells::Names(names.into())),
        column("weekend", Cells::Names(["TRUE", "FALSE", "FALSE", "TRUE", "FALSE"].map(|v| Some(v.to_owned())).into())),
    ]
}

/// The same rows as a page passes them.
fn rows() -> Vec<BTreeMap<String, Cell>> {
    let cells = |row: usize| {
        columns().into_iter().filter_map(move |column| {
            let cell = match &column.cells {
                Cells::Numbers(values) => (!values[row].is_nan()).then(|| Cell::Number(values[row].into())),
                Cells::Names(names) => names[row].clone().map(|name| match name.as_str() {
                    "TRUE" => Cell::Flag(true),
                    "FALSE" => Cell::Flag(false),
                    _ => Cell::Name(name),
                }),
            };
            Some((column.name, cell?))
        })
    };
    (0..5).map(|row| cells(row).collect()).collect()
}

fn card(network: IntentNetwork, classes: &[&str]) -> IntentCard {
    IntentCard {
        model: IntentConfig {
            network,
            number_dim: 3,
            category_dim: 2,
            hidden_dim: 10,
            members: 3,
            ..Default::default()
        },
        classes: classes.iter().map(|&class| class.to_owned()).collect(),
        table: table::fit(&columns(), &[0, 1, 2, 3], 3, 1),
        visit: None,
        temperature: 1.3,
        threshold: 0.6,
        class_weights: vec![1.0; classes.len()],
        metrics: BTreeMap::new(),
        card: ModelCard::default(),
    }
}

fn network(card: &IntentCard, device: &Device) -> (Intent, Bundle) {
    device.seed(3);
    let network = Intent::init(&card.model, card.classes.len(), TableShape::of(&card.table), device);
    let tensors = weights::save(&network).into_iter().map(|(n, w)| (n, Tensor { shape: w.shape, data: w.values }));
    let file = NetworkFile {
        card: serde_json::to_string(card).unwrap(),
        weights: Tensors(tensors.collect()),
        ..Default::default()
    };
    (network, Bundle { name: "visits".into(), ranker: None, networks: BTreeMap::from([(NetworkKind::Intent, file)]) })
}

fn load(bundle: &Bundle) -> Result<Engine, EngineError> {
    let files: BTreeMap<_, _> = bundle.encode(Some(Precision::F32)).unwrap().into_iter().collect();
    Engine::load(std::str::from_utf8(&files["manifest.json"]).unwrap(), &files)
}

fn compare(device: &Device) {
    for classes in [&["FALSE", "TRUE"][..], &["no", "yes", "cancelled"]] {
        let card = card(IntentNetwork::Ensemble, classes);
        let (network, bundle) = network(&card, device);
        let columns = columns();
        let reader = TableReader::new(&card.table, &columns).unwrap();
        let batch = IntentBatch::new(&reader, &[0, 1, 2, 3, 4], IntentNetwork::Ensemble, device);
        let expected = softmax(network.log_probabilities(&batch) / card.temperature, 1);
        let expected = expected.into_data().try_to_vec::<f32>().unwrap();
        let engine = load(&bundle).unwrap();
        for (row, expected) in rows().iter().zip(expected.chunks(classes.len())) {
            let found = engine.networks().intent().unwrap().predict(row);
            for (a, b) in found.iter().zip(expected) {
                assert!((a - b).abs() <= TOLERANCE, "{row:?}: {found:?} against {expected:?}");
            }
        }
    }
}

#[test]
fn intent_predictions_of_rows_agree_with_burn_flex() {
    compare(&Device::flex());
}

#[test]
#[allow(deprecated)] // the independent reference
fn intent_predictions_of_rows_agree_with_burn_ndarray() {
    compare(&Device::ndarray());
}

#[test]
fn an_empty_row_and_a_row_of_unknown_columns_have_predictions() {
    let engine = load(&network(&card(IntentNetwork::Ensemble, &["no", "yes"]), &Device::flex()).1).unwrap();
    let odd = [("pages", Cell::Name("many".into())), ("browser", Cell::Number(7.0)), ("colour", Cell::Flag(true))];
    for row in [BTreeMap::new(), odd.map(|(name, cell)| (name.to_owned(), cell)).into()] {
        let found = engine.networks().intent().unwrap().predict(&row);
        assert!((found.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{found:?}");
    }
}

#[test]
fn the_threshold_decides_between_two_classes_and_weights_between_more() {
    let load = |card: &IntentCard| load(&network(card, &Device::flex()).1).unwrap();
    let two = load(&card(IntentNetwork::Ensemble, &["no", "yes"]));
    let named =
        |engine: &Engine, probabilities: &[f32]| engine.networks().intent().unwrap().predicted_class(probabilities);
    assert_eq!([named(&two, &[0.45, 0.55]), named(&two, &[0.4, 0.6])], [0, 1]);
    let weighted = IntentCard { class_weights: vec![1.0, 1.0, 4.0], ..card(IntentNetwork::Ensemble, &["a", "b", "c"]) };
    assert_eq!(named(&load(&weighted), &[0.5, 0.35, 0.15]), 2);
}

#[test]
fn the_baseline_fails_to_load() {
    let error = load(&network(&card(IntentNetwork::Mlp, &["no", "yes"]), &Device::flex()).1).err().unwrap();
    assert_eq!(error.code(), "bundle_corrupt");
    assert!(error.to_string().contains("intent.safetensors: `Ensemble.output` is missing"), "{error}");
}
