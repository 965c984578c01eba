//! A small bundle with random weights and requests of every kind for parity tests.

pub mod visits;

use std::collections::BTreeMap;

use burn::tensor::Device;
use windowshop_bundle::{Bundle, Precision, RankerBundle, Tensor, Tensors};
use windowshop_engine::Engine;
use windowshop_features::{
    FeatureExtractor, ListRequest, PreparedText, RankerInput, SessionEvent, spec, text_statistics::TextStatistics,
};
use windowshop_model::{Ranker, RankerInputs, weights};
use windowshop_schema::{
    Group, InteractionKind, Item, Neighbours, NetworkKind, RankerConfig, Statistics, Vectors,
    manifest::{Calibration, ModelCard, RankerCard},
};

pub fn items() -> Vec<Item> {
    let titles = [
        "red umbrella",
        "blue umbrella with handle",
        "garden chair",
        "红色 雨伞",
        "teapot 1.5 l",
        "Umbrellas, set of 2",
        "chair",
    ];
    let item = |(i, title): (usize, &&str)| Item {
        id: i.to_string(),
        title: (*title).to_owned(),
        price: (i != 3).then_some(5.0 + i as f32),
        rating: Some(3.0 + i as f32 / 4.0),
        rating_count: Some(i as u32 * 7),
        ..Default::default()
    };
    titles.iter().enumerate().map(item).collect()
}

fn statistics() -> Statistics {
    let items = items();
    let titles: Vec<PreparedText> = items.iter().map(|i| PreparedText::new(&i.title)).collect();
    let rows = (0..items.len() as u32).map(|i| vec![((i + 1) % 7, 2.0), ((i + 3) % 7, 1.0)]).collect();
    let together = (0..items.len() as u32).map(|i| (i + 1..7).step_by(2).map(|j| (j, 1.0)).collect()).collect();
    let [next, together] = [rows, together].map(Neighbours::from_rows);
    let signal = |scale: f32| (0..items.len()).map(|i| i as f32 * scale).collect::<Vec<f32>>();
    // One item has no reviews.
    let of_reviews =
        |scale: f32| signal(scale).into_iter().map(|v| if v == 2.0 * scale { f32::NAN } else { v }).collect();
    let mut signals =
        BTreeMap::from([("interactions".to_owned(), signal(3.0)), ("log_interactions".into(), signal(0.5))]);
    let reviews = spec::columns(Group::Reviews).into_iter().zip(1..);
    signals.extend(reviews.map(|(name, n)| (name, of_reviews(n as f32 / 8.0))));
    Statistics {
        ids: items.iter().map(|i| i.id.clone()).collect(),
        titles: items.iter().map(|i| i.title.clone()).collect(),
        signals,
        neighbours: BTreeMap::from([("next".into(), next), ("together".into(), together)]),
        image_embeddings: image_embeddings(),
        text: TextStatistics::fit(&titles, &[]).to_tables(),
        ..Default::default()
    }
}

/// Image embeddings; one item has none.
fn image_embeddings() -> Vectors {
    const DIM: usize = 5;
    let value = |i: usize| if i / DIM == 6 { 0.0 } else { ((i * i * 7 + i) % 11) as f32 / 8.0 - 0.6 };
    Vectors { dim: DIM, values: (0..items().len() * DIM).map(value).collect() }
}

/// A ranker with random weights, its bundle, and an extractor with every item registered.
pub fn setup(device: &Device) -> (Ranker, Bundle, FeatureExtractor, Vec<u32>) {
    setup_without(device, "")
}

/// The same with these features and groups excluded from training.
pub fn setup_without(device: &Device, excluded: &str) -> (Ranker, Bundle, FeatureExtractor, Vec<u32>) {
    let mut features = FeatureExtractor::new(statistics(), spec::spec(BTreeMap::new())).unwrap();
    let handles: Vec<u32> = items().iter().map(|item| features.register(item)).collect();
    let query = PreparedText::new("red umbrella");
    let session = [SessionEvent { item: handles[2], kind: InteractionKind::Click, age_s: None }];
    let raws = [0.2, 0.6].map(|purchase| {
        let intent = Some(purchase);
        features.raw(ListRequest { query: Some(&query), items: &handles, session: &session, shop_order: true, intent })
    });
    features.exclude(excluded).unwrap();
    features.fit(&raws);
    let config = RankerConfig { hidden_dim: 24, session_dim: 12, repr_dim: 6, dropout: 0.0 };
    device.seed(5);
    let ranker = Ranker::init(&config, &RankerInputs::of(&features), device);
    let tensors = weights::save(&ranker).into_iter().map(|(n, w)| (n, Tensor { shape: w.shape, data: w.values }));
    let card = RankerCard {
        model: config,
        groups: Group::ALL.into_iter().filter(|group| excluded.split(',').all(|name| name != group.name())).collect(),
        features: features.spec().clone(),
        calibration: Calibration::Probability { slope: 1.0, intercept: 0.0 },
        metrics: BTreeMap::new(),
        card: ModelCard::default(),
    };
    let (weights, statistics) = (Tensors(tensors.collect()), features.statistics().clone());
    let ranker_bundle = RankerBundle { card, weights, statistics };
    let networks = BTreeMap::from([(NetworkKind::Intent, visits::network(&visits::card(), &Device::flex()).1)]);
    let bundle = Bundle { name: "parity".into(), ranker: Some(ranker_bundle), networks };
    (ranker, bundle, features, handles)
}

/// Loads the bundle from its bytes, as a page does.
pub fn load(bundle: &Bundle) -> Engine {
    let files: BTreeMap<String, Vec<u8>> = bundle.encode(Some(Precision::F32)).unwrap().into_iter().collect();
    Engine::load(std::str::from_utf8(&files["manifest.json"]).unwrap(), &files).unwrap()
}

/// With and without a query in two languages, with and without a session.
pub fn requests(features: &FeatureExtractor, handles: &[u32]) -> Vec<RankerInput> {
    let session = [
        SessionEvent { item: handles[4], kind: InteractionKind::Click, age_s: Some(60.0) },
        SessionEvent { item: handles[1], kind: InteractionKind::Purchase, age_s: Some(5.0) },
    ];
    let queries = [None, Some("umbrella"), Some("雨伞"), Some("chiar garden")];
    let pairs = queries.into_iter().flat_map(|query| [(query, &session[..], Some(0.7)), (query, &[], None)]);
    pairs
        .map(|(query, session, intent)| {
            let query = query.map(PreparedText::new);
            features.input(ListRequest { query: query.as_ref(), items: handles, session, shop_order: true, intent })
        })
        .collect()
}
