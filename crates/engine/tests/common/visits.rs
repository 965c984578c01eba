//! A visit, and an intent network with random weights that reads it.
#![allow(dead_code)] // Not every test needs all of it.

use std::collections::BTreeMap;

use burn::tensor::Device;
use windowshop_bundle::{NetworkFile, Tensor, Tensors};
use windowshop_features::{TableShape, VisitEvent, VisitRow, Visits, table, visit};
use windowshop_model::{Intent, weights};
use windowshop_schema::{
    IntentConfig,
    InteractionKind::{self, Cart, Click, Purchase},
    Neighbours, VisitSpec,
    manifest::{IntentCard, ModelCard},
    visit::VISIT_VERSION,
};

/// Thursday, 9 May 2024, 18:30 UTC.
pub const EVENING_MS: f64 = 1_715_279_400_000.0;
pub const CATEGORIES: [&str; 2] = ["clothes", "kitchen"];

pub fn spec() -> VisitSpec {
    VisitSpec {
        version: VISIT_VERSION,
        session_gap_minutes: 30.0,
        double_click_s: 2.0,
        mean_price: Some(12.5),
        categories: CATEGORIES.map(str::to_owned).into(),
    }
}

/// Price and category of items in the network's file.
pub fn facts(item: &str) -> (Option<f32>, Option<&'static str>) {
    match item {
        "mug" => (Some(5.5), Some("kitchen")),
        "pan" => (Some(19.75), Some("kitchen")),
        "hat" => (Some(30.0), Some("clothes")),
        "bow" => (None, Some("clothes")),
        _ => (None, None),
    }
}

/// Events of a visitor: minutes after the start, kind and item.
pub const DONE: [(f64, InteractionKind, &str); 12] = [
    (-9_000.0, Click, "hat"),
    (-2_900.0, Click, "mug"),
    (-2_899.0, Cart, "mug"),
    (-2_880.5, Purchase, "mug"),
    (-2_880.0, Click, "bow"),
    (0.0, Click, "mug"),
    (1.25, Click, "pan"),
    (2.0, Click, "mug"),
    (2.5, Cart, "mug"),
    (9.0, Click, "nobody's"),
    (9.5, Cart, "hat"),
    (11.0, Click, "bow"),
];

/// The first `count` events as input of the features.
pub fn events(count: usize) -> Vec<VisitEvent<'static>> {
    let event = |&(minute, kind, item): &(f64, InteractionKind, &'static str)| {
        let (price, category) = facts(item);
        VisitEvent { kind, item, time_ms: EVENING_MS + minute * 60_000.0, price, category }
    };
    DONE[..count].iter().map(event).collect()
}

/// Rows after each event that has one, by number of events.
pub fn rows() -> BTreeMap<usize, VisitRow> {
    let visits = Visits::new(&spec()).unwrap();
    (1..=DONE.len()).filter_map(|count| Some((count, visits.row(&events(count))?))).collect()
}

pub fn card() -> IntentCard {
    let rows: Vec<VisitRow> = rows().into_values().collect();
    let all: Vec<usize> = (0..rows.len()).collect();
    IntentCard {
        model: IntentConfig { number_dim: 3, hidden_dim: 10, members: 3, ..Default::default() },
        classes: ["no purchase", "purchase"].map(str::to_owned).into(),
        table: table::fit(&visit::table(&rows), &all, 4, 1),
        visit: Some(spec()),
        temperature: 1.2,
        threshold: 0.5,
        class_weights: Vec::new(),
        metrics: BTreeMap::new(),
        card: ModelCard::default(),
    }
}

/// A network with random weights, and its file with items.
pub fn network(card: &IntentCard, device: &Device) -> (Intent, NetworkFile) {
    device.seed(9);
    let network = Intent::init(&card.model, card.classes.len(), TableShape::of(&card.table), device);
    let tensors = weights::save(&network).into_iter().map(|(n, w)| (n, Tensor { shape: w.shape, data: w.values }));
    let mut tensors: BTreeMap<_, _> = tensors.collect();
    let ids = ["mug", "pan", "hat", "bow"];
    let number = |id: &str| facts(id).1.and_then(|name| CATEGORIES.iter().position(|category| *category == name));
    let category = |id: &&str| number(id).map(|number| (number as u32, 1.0)).into_iter().collect();
    let prices = ids.iter().map(|id| facts(id).0.unwrap_or(0.0)).collect();
    tensors.insert("item_prices".into(), Tensor { shape: vec![ids.len()], data: prices });
    let file = NetworkFile {
        card: serde_json::to_string(card).unwrap(),
        ids: ids.map(str::to_owned).into(),
        neighbours: [("category".to_owned(), Neighbours::from_rows(ids.iter().map(category).collect()))].into(),
        weights: Tensors(tensors),
        ..Default::default()
    };
    (network, file)
}
