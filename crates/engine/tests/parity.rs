//! The CPU engine against burn, on two independent devices: the same network, the same lists, the same scores.

use std::collections::BTreeMap;

use burn::tensor::Device;
use windowshop_bundle::{Bundle, Precision, Tensor, Tensors};
use windowshop_engine::Engine;
use windowshop_features::{
    FeatureExtractor, ListRequest, PreparedText, SessionEvent, spec, text_statistics::TextStatistics,
};
use windowshop_model::{Ranker, RankerBatch, RankerInputs, weights};
use windowshop_schema::{
    Group, InteractionKind, Item, Manifest, Neighbours, RankerConfig, Statistics,
    dims::MAX_SESSION_EVENTS,
    manifest::{Calibration, FORMAT_VERSION, ModelCard},
    request::{RerankOptions, TrackedEvent},
};

/// What f32 sums in another order may differ by.
const TOLERANCE: f32 = 1e-4;

fn items() -> Vec<Item> {
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
    let rows = (0..items.len() as u32).map(|i| vec![((i + 1) % 7, 2.0), ((i + 3) % 7, 1.0)]).collect::<Vec<_>>();
    let relation = Neighbours::from_rows(rows, 10);
    let signal = |scale: f32| (0..items.len()).map(|i| i as f32 * scale).collect::<Vec<f32>>();
    Statistics {
        ids: items.iter().map(|i| i.id.clone()).collect(),
        titles: items.iter().map(|i| i.title.clone()).collect(),
        signals: BTreeMap::from([("interactions".into(), signal(3.0)), ("log_interactions".into(), signal(0.5))]),
        neighbours: BTreeMap::from([("next".into(), relation.clone()), ("together".into(), relation)]),
        text: TextStatistics::fit(&titles, &[]).to_tables(),
        ..Default::default()
    }
}

/// A ranker with random weights, its bundle, and an extractor with every item registered.
fn setup(device: &Device) -> (Ranker, Bundle, FeatureExtractor, Vec<u32>) {
    let mut features = FeatureExtractor::new(statistics(), spec::spec(BTreeMap::new()));
    let handles: Vec<u32> = items().iter().map(|item| features.register(item)).collect();
    let query = PreparedText::new("red umbrella");
    let session = [SessionEvent { item: handles[2], kind: InteractionKind::Click, age_s: None }];
    let request = ListRequest { query: Some(&query), items: &handles, session: &session, shop_order: true };
    let raw = features.raw(request);
    features.fit([&raw]);
    let config = RankerConfig { hidden_dim: 24, session_dim: 12, repr_dim: 6, dropout: 0.0 };
    let inputs = RankerInputs {
        context: features.spec().context.len(),
        groups: Group::ALL.map(|group| spec::columns(group).len()),
        item: features.item_len(),
        query: features.query_len(),
    };
    device.seed(5);
    let ranker = Ranker::init(&config, &inputs, device);
    let tensors = weights::save(&ranker).into_iter().map(|(n, w)| (n, Tensor { shape: w.shape, data: w.values }));
    let manifest = Manifest {
        format_version: FORMAT_VERSION,
        name: "parity".into(),
        model: config,
        precision: "f32".into(),
        groups: Group::ALL.to_vec(),
        features: features.spec().clone(),
        calibration: Calibration::Probability { slope: 1.0, intercept: 0.0 },
        metrics: BTreeMap::new(),
        card: ModelCard::default(),
        files: BTreeMap::new(),
    };
    let bundle = Bundle { manifest, ranker: Tensors(tensors.collect()), statistics: features.statistics().clone() };
    (ranker, bundle, features, handles)
}

/// Loads the bundle as a page would: through its bytes.
fn load(bundle: &Bundle) -> Engine {
    let files: BTreeMap<String, Vec<u8>> = bundle.encode(Precision::F32).unwrap().into_iter().collect();
    Engine::load(std::str::from_utf8(&files["manifest.json"]).unwrap(), &files).unwrap()
}

fn compare(device: &Device) {
    let (ranker, bundle, features, handles) = setup(device);
    let mut engine = load(&bundle);
    assert_eq!(engine.register(&items()).unwrap(), handles);
    let session = [
        SessionEvent { item: handles[4], kind: InteractionKind::Click, age_s: Some(60.0) },
        SessionEvent { item: handles[1], kind: InteractionKind::Purchase, age_s: Some(5.0) },
    ];
    for query in [None, Some("umbrella"), Some("雨伞"), Some("chiar garden")] {
        for session in [&session[..], &[]] {
            let query = query.map(PreparedText::new);
            let request = ListRequest { query: query.as_ref(), items: &handles, session, shop_order: true };
            let input = features.input(request);
            let expected = ranker.forward(&RankerBatch::new(&[&input], &features, device));
            let found = engine.score(&input);
            let scores = expected.scores.into_data().try_to_vec::<f32>().unwrap();
            let parts = expected.contributions.into_data().try_to_vec::<f32>().unwrap();
            for (a, b) in found.scores.iter().chain(&found.contributions).zip(scores.iter().chain(&parts)) {
                assert!((a - b).abs() <= TOLERANCE * (1.0 + b.abs()), "{a} against {b}");
            }
        }
    }
}

#[test]
fn the_kernel_agrees_with_burn_flex() {
    compare(&Device::flex());
}

#[test]
#[allow(deprecated)] // the independent reference
fn the_kernel_agrees_with_burn_ndarray() {
    compare(&Device::ndarray());
}

#[test]
fn contributions_and_the_query_term_add_up_to_the_score() {
    let (_, bundle, features, handles) = setup(&Device::flex());
    let mut engine = load(&bundle);
    engine.register(&items()).unwrap();
    let query = PreparedText::new("umbrella");
    let input = features.input(ListRequest { query: Some(&query), items: &handles, session: &[], shop_order: true });
    let scores = engine.score(&input);
    let term = scores.scores[0] - scores.contributions[..Group::COUNT].iter().sum::<f32>();
    for (score, parts) in scores.scores.iter().zip(scores.contributions.chunks(Group::COUNT)) {
        assert!((score - parts.iter().sum::<f32>() - term).abs() < TOLERANCE);
    }
}

#[test]
fn odd_requests_are_answered_or_refused_by_code() {
    let (_, bundle, _, _) = setup(&Device::flex());
    let mut engine = load(&bundle);
    let handles = engine.register(&items()).unwrap();
    let options = |query: &str| RerankOptions { query: Some(query.to_owned()), ..Default::default() };
    for query in ["", "🎈🎉", &"x ".repeat(50_000)] {
        let list = engine.rerank(&handles, &options(query), 0.0).unwrap();
        assert_eq!(list.order.len(), handles.len());
        assert!(list.scores.iter().all(|s| s.is_finite()));
    }
    assert!(engine.rerank(&[], &options("chair"), 0.0).unwrap().order.is_empty());
    assert_eq!(engine.rerank(&[99], &options("chair"), 0.0).unwrap_err().code(), "unknown_item");
    assert_eq!(engine.rerank(&vec![0; 10_001], &options("chair"), 0.0).unwrap_err().code(), "too_many_items");
    let odd = Item { id: "odd".into(), price: Some(f32::NAN), ..Default::default() };
    assert_eq!(engine.register(&[odd]).unwrap_err().code(), "invalid_argument");
}

#[test]
fn an_event_with_an_item_nobody_knows_changes_nothing() {
    let (_, bundle, _, _) = setup(&Device::flex());
    let mut engine = load(&bundle);
    let handles = engine.register(&items()).unwrap();
    let before = engine.rerank(&handles, &RerankOptions::default(), 0.0).unwrap();
    let event = TrackedEvent { kind: InteractionKind::Purchase, item_id: "nobody".into(), timestamp_ms: None };
    engine.track(event, 1.0).unwrap();
    assert_eq!(engine.rerank(&handles, &RerankOptions::default(), 2.0).unwrap(), before);
}

#[test]
fn a_tracked_event_changes_the_session_group_and_clearing_undoes_it() {
    let (_, bundle, _, _) = setup(&Device::flex());
    let mut engine = load(&bundle);
    let handles = engine.register(&items()).unwrap();
    let options = RerankOptions { query: Some("umbrella".into()), ..Default::default() };
    let before = engine.rerank(&handles, &options, 0.0).unwrap();
    engine.track(TrackedEvent { kind: InteractionKind::Click, item_id: "1".into(), timestamp_ms: None }, 1.0).unwrap();
    let profile = engine.profile().export();
    assert_ne!(engine.rerank(&handles, &options, 2.0).unwrap(), before);
    engine.set_profile(Default::default());
    assert_eq!(engine.rerank(&handles, &options, 3.0).unwrap(), before);
    engine.set_profile(windowshop_engine::profile::Profile::import(&profile).unwrap());
    assert_ne!(engine.rerank(&handles, &options, 4.0).unwrap(), before);
}

#[test]
fn a_long_history_gives_a_page_what_it_gave_the_trainer() {
    let (_, bundle, features, handles) = setup(&Device::flex());
    let mut engine = load(&bundle);
    engine.register(&items()).unwrap();
    // Longer than either side looks back, and only its first event is with item 6.
    let history: Vec<usize> = std::iter::once(6).chain((0..MAX_SESSION_EVENTS + 5).map(|i| i % 6)).collect();
    let event = |&item: &usize| SessionEvent { item: handles[item], kind: InteractionKind::Click, age_s: None };
    let session: Vec<SessionEvent> = history.iter().map(event).collect();
    for (at, item) in history.iter().enumerate() {
        let event =
            TrackedEvent { kind: InteractionKind::Click, item_id: item.to_string(), timestamp_ms: Some(at as f64) };
        engine.track(event, 0.0).unwrap();
    }
    let trained = features.input(ListRequest { query: None, items: &handles, session: &session, shop_order: true });
    let shown = engine.prepare(&handles, &RerankOptions::default(), 1e9).unwrap();
    assert_eq!(shown, trained);
    assert_eq!(shown.session.len(), MAX_SESSION_EVENTS);
}
