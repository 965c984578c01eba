//! Parity of intent predictions from tracked events: the CPU engine against burn on two backends.
#![allow(missing_docs)]

#[path = "common/visits.rs"]
mod visits;

use std::collections::BTreeMap;

use burn::tensor::{Device, activation::softmax};
use visits::{DONE, EVENING_MS, card, events, network, rows, spec};
use windowshop_bundle::{Bundle, NetworkFile, Precision, Tensor};
use windowshop_engine::{Engine, EngineError, intent::Cell};
use windowshop_features::{TableReader, VisitEvent, Visits, visit};
use windowshop_model::IntentBatch;
use windowshop_schema::{
    IntentNetwork,
    InteractionKind::{self, Click, Purchase},
    Item, NetworkKind,
    manifest::IntentCard,
    request::TrackedEvent,
    visit::VISIT_VERSION,
};

const TOLERANCE: f32 = 1e-5;

fn load(file: NetworkFile) -> Result<Engine, EngineError> {
    let bundle =
        Bundle { name: "visits".into(), ranker: None, networks: BTreeMap::from([(NetworkKind::Intent, file)]) };
    let files: BTreeMap<_, _> = bundle.encode(Some(Precision::F32)).unwrap().into_iter().collect();
    Engine::load(std::str::from_utf8(&files["manifest.json"]).unwrap(), &files)
}

fn engine() -> Engine {
    load(network(&card(), &Device::flex()).1).unwrap()
}

fn track(engine: &mut Engine, (minute, kind, item): (f64, InteractionKind, &str)) {
    let timestamp_ms = Some(EVENING_MS + minute * 60_000.0);
    engine.track(TrackedEvent { kind, item_id: item.into(), timestamp_ms }, 0.0).unwrap();
}

/// Half an hour after the last of the first `count` events: still the same visit.
fn later(count: usize) -> f64 {
    EVENING_MS + (DONE[count - 1].0 + 30.0) * 60_000.0
}

fn compare(device: &Device) {
    let card = card();
    let (network, file) = network(&card, device);
    let mut engine = load(file).unwrap();
    let mut rows = rows();
    assert_eq!(rows.len(), DONE.len() - 1, "one right after every event but the purchase");
    for (place, done) in DONE.into_iter().enumerate() {
        track(&mut engine, done);
        let Some(row) = rows.remove(&(place + 1)) else {
            assert_eq!(engine.predict_visit(later(place + 1)).unwrap_err().code(), "intent_empty_visit");
            continue;
        };
        let columns = visit::table(&[row]);
        let reader = TableReader::new(&card.table, &columns).unwrap();
        let batch = IntentBatch::new(&reader, &[0], IntentNetwork::Ensemble, device);
        let expected = softmax(network.log_probabilities(&batch) / card.temperature, 1);
        let expected = expected.into_data().try_to_vec::<f32>().unwrap();
        let found = engine.predict_visit(later(place + 1)).unwrap();
        let cells = visit::COLUMNS.iter().zip(row).filter(|(_, cell)| cell.is_finite());
        let cells = cells.map(|(name, cell)| ((*name).to_owned(), Cell::Number(cell.into()))).collect();
        assert_eq!(engine.networks().intent().unwrap().predict(&cells), found, "the same row from the page");
        for (a, b) in found.iter().zip(&expected) {
            assert!((a - b).abs() <= TOLERANCE, "{place}: {found:?} against {expected:?}");
        }
    }
}

#[test]
fn intent_predictions_of_visits_agree_with_burn_flex() {
    compare(&Device::flex());
}

#[test]
#[allow(deprecated)] // the independent reference
fn intent_predictions_of_visits_agree_with_burn_ndarray() {
    compare(&Device::ndarray());
}

#[test]
fn a_visit_is_empty_before_the_first_event_after_a_purchase_and_after_a_pause() {
    let mut engine = engine();
    let code = |engine: &Engine, now_ms| engine.predict_visit(now_ms).map_err(|error| error.code());
    assert_eq!(code(&engine, EVENING_MS), Err("intent_empty_visit"));
    track(&mut engine, (0.0, Click, "mug"));
    assert!(code(&engine, later(6)).is_ok());
    assert_eq!(code(&engine, later(6) + 1.0), Err("intent_empty_visit"));
    track(&mut engine, (1.0, Purchase, "mug"));
    assert_eq!(code(&engine, later(6)), Err("intent_empty_visit"));
    track(&mut engine, (2.0, Click, "mug"));
    assert!(code(&engine, later(6)).is_ok());
}

#[test]
fn an_imported_profile_gives_the_same_prediction_as_a_tracked_one() {
    let mut engine = engine();
    DONE.into_iter().for_each(|done| track(&mut engine, done));
    let tracked = engine.predict_visit(later(DONE.len())).unwrap();
    let exported = engine.profile().export();
    engine.set_profile(Default::default());
    engine.set_profile(windowshop_engine::profile::Profile::import(&exported).unwrap());
    assert_eq!(engine.predict_visit(later(DONE.len())).unwrap(), tracked);
}

#[test]
fn data_of_a_registered_item_replace_those_in_the_networks_file() {
    let mut engine = engine();
    track(&mut engine, (0.0, Click, "mug"));
    let known = engine.predict_visit(later(6)).unwrap();
    let mug = |price| Item { id: "mug".into(), title: "Mug".into(), price, ..Default::default() };
    engine.register(&[mug(None)]).unwrap();
    assert_eq!(engine.predict_visit(later(6)).unwrap(), known, "a page that says nothing of the price");
    engine.register(&[mug(Some(29.0))]).unwrap();
    let dearer = engine.predict_visit(later(6)).unwrap();
    assert_ne!(dearer, known);
    let visits = Visits::new(&spec()).unwrap();
    let event = VisitEvent { price: Some(29.0), ..events(6)[5] };
    let row = visit::table(&[visits.row(&[event]).unwrap()]);
    let cells = row.iter().map(|column| (column.name.clone(), Cell::Number(column.cells.number(0).into()))).collect();
    assert_eq!(engine.networks().intent().unwrap().predict(&cells), dearer);
}

#[test]
fn a_network_for_rows_names_its_columns_in_the_error() {
    let card = IntentCard { visit: None, ..card() };
    let mut engine = load(network(&card, &Device::flex()).1).unwrap();
    track(&mut engine, (0.0, Click, "mug"));
    let error = engine.predict_visit(EVENING_MS).unwrap_err();
    assert_eq!(error.code(), "intent_needs_row");
    assert!(error.to_string().contains("pass a row with clicks, carts"), "{error}");
    assert!(engine.networks().intent().unwrap().predict(&BTreeMap::new()).iter().all(|p| p.is_finite()));
}

#[test]
fn another_version_unknown_columns_and_an_inconsistent_index_fail_to_load() {
    let refused = |alter: &dyn Fn(&mut IntentCard, &mut NetworkFile)| {
        let (mut card, mut file) = (card(), network(&card(), &Device::flex()).1);
        alter(&mut card, &mut file);
        file.card = serde_json::to_string(&card).unwrap();
        let error = load(file).err().unwrap();
        (error.code(), error.to_string())
    };
    let (code, text) = refused(&|card, _| card.visit.as_mut().unwrap().version = VISIT_VERSION + 1);
    assert!(code == "bundle_features" && text.contains(&format!("version {}", VISIT_VERSION + 1)), "{text}");
    let strange = refused(&|card, _| card.table.numeric[0].name = "pages".into());
    assert!(strange.0 == "bundle_corrupt" && strange.1.contains("that no visit has"), "{strange:?}");
    let torn = refused(&|_, file| {
        let prices = Tensor { shape: vec![3], data: vec![1.0; 3] };
        file.weights.0.insert("item_prices".into(), prices);
    });
    let fewer = refused(&|card, _| card.visit.as_mut().unwrap().categories.truncate(1));
    assert_eq!((torn.0, fewer.0), ("bundle_corrupt", "bundle_corrupt"), "{torn:?} {fewer:?}");
}
