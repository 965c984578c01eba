//! Parity of the ranker: the CPU engine against burn on two backends.

mod common;

use std::collections::BTreeMap;

use burn::tensor::Device;
use common::{items, load, requests, setup, setup_without, visits};
use windowshop_bundle::Precision;
use windowshop_engine::{Engine, ranker::Scores};
use windowshop_features::{FeatureExtractor, ListRequest, PreparedText, RankerInput, SessionEvent};
use windowshop_model::{Ranker, RankerBatch};
use windowshop_schema::{
    Group, InteractionKind, Item,
    dims::MAX_SESSION_EVENTS,
    request::{RerankOptions, TrackedEvent},
};

/// Tolerance for f32 sums in another order.
const TOLERANCE: f32 = 1e-4;

fn compare(device: &Device) {
    let (ranker, bundle, features, handles) = setup(device);
    let mut engine = load(&bundle);
    assert_eq!(engine.register(&items()).unwrap(), handles);
    for input in requests(&features, &handles) {
        agree(&ranker, &features, &mut engine, &input, device);
    }
}

/// The engine's scores of a list, checked against burn's.
fn agree(
    ranker: &Ranker,
    features: &FeatureExtractor,
    engine: &mut Engine,
    input: &RankerInput,
    device: &Device,
) -> Scores {
    let expected = ranker.forward(&RankerBatch::new(&[input], features, device));
    let found = engine.score(input).unwrap();
    let scores = expected.scores.into_data().try_to_vec::<f32>().unwrap();
    let parts = expected.contributions.into_data().try_to_vec::<f32>().unwrap();
    for (a, b) in found.scores.iter().chain(&found.contributions).zip(scores.iter().chain(&parts)) {
        assert!((a - b).abs() <= TOLERANCE * (1.0 + b.abs()), "{a} against {b}");
    }
    found
}

#[test]
fn excluded_features_and_groups_contribute_nothing() {
    let device = Device::flex();
    let (query, kind) = ("umbrella", InteractionKind::Click);
    for excluded in [
        "log_price,review_rating",
        "query_match",
        "session,visual",
        "item_quality",
        "reviews,shop_order",
        "context",
        "intent",
    ] {
        let (ranker, bundle, features, handles) = setup_without(&device, excluded);
        let mut engine = load(&bundle);
        engine.register(&items()).unwrap();
        engine.track(TrackedEvent { kind, item_id: "1".into(), timestamp_ms: None }, 1.0).unwrap();
        let options = RerankOptions { query: Some(query.into()), ..Default::default() };
        let shown = engine.prepare(&handles, &options, 2.0).unwrap();
        let session = [SessionEvent { item: handles[1], kind, age_s: None }];
        let query = PreparedText::new(query);
        let intent = engine.predict_visit(2.0).unwrap().last().copied();
        let request = ListRequest { query: Some(&query), items: &handles, session: &session, shop_order: true, intent };
        assert_eq!(shown, features.input(request), "{excluded}");
        let found = agree(&ranker, &features, &mut engine, &shown, &device);
        for group in Group::ALL {
            let terms = found.contributions.iter().skip(group as usize).step_by(Group::COUNT);
            let silent = terms.copied().all(|term| term == 0.0);
            let left_out = excluded.split(',').any(|name| name == group.name());
            assert_eq!(silent, left_out, "{group:?} without {excluded}");
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
    let input = features.input(ListRequest {
        query: Some(&query),
        items: &handles,
        session: &[],
        shop_order: true,
        intent: None,
    });
    let scores = engine.score(&input).unwrap();
    let term = scores.scores[0] - scores.contributions[..Group::COUNT].iter().sum::<f32>();
    for (score, parts) in scores.scores.iter().zip(scores.contributions.chunks(Group::COUNT)) {
        assert!((score - parts.iter().sum::<f32>() - term).abs() < TOLERANCE);
    }
}

#[test]
fn unusual_requests_succeed_or_fail_with_a_code() {
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
fn an_event_with_an_unknown_item_changes_nothing() {
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
fn a_long_history_gives_the_same_input_as_in_training() {
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
    let trained =
        features.input(ListRequest { query: None, items: &handles, session: &session, shop_order: true, intent: None });
    let shown = engine.prepare(&handles, &RerankOptions::default(), 1e9).unwrap();
    assert_eq!(shown, trained);
    assert_eq!(shown.session.len(), MAX_SESSION_EVENTS);
}

#[test]
fn a_ranker_with_the_group_intent_reads_the_bundles_intent_network() {
    let (ranker, bundle, features, handles) = setup(&Device::flex());
    let mut engine = load(&bundle);
    engine.register(&items()).unwrap();
    let group = Group::Intent as usize;
    let options = RerankOptions::default();
    assert!(!engine.prepare(&handles, &options, visits::EVENING_MS).unwrap().present[group], "nothing was done yet");
    for (minute, kind, item) in visits::DONE {
        let now_ms = visits::EVENING_MS + minute * 60_000.0;
        engine.track(TrackedEvent { kind, item_id: item.into(), timestamp_ms: Some(now_ms) }, 0.0).unwrap();
        let input = engine.prepare(&handles, &options, now_ms).unwrap();
        let bought = kind == InteractionKind::Purchase;
        assert_eq!(input.present[group], !bought, "after a purchase the question is open again");
        if !bought {
            let intent = engine.predict_visit(now_ms).unwrap().last().copied();
            let request = ListRequest { query: None, items: &handles, session: &[], shop_order: true, intent };
            assert_eq!(input.groups[group], features.input(request).groups[group]);
        }
        agree(&ranker, &features, &mut engine, &input, &Device::flex());
    }
    let alone = RerankOptions { ignore_session: true, ..options };
    assert!(!engine.prepare(&handles, &alone, visits::EVENING_MS).unwrap().present[group]);
}

#[test]
fn a_ranker_with_the_group_intent_cannot_be_bundled_without_the_network() {
    let (_, mut bundle, _, _) = setup(&Device::flex());
    bundle.networks.clear();
    let error = bundle.encode(Some(Precision::F32)).unwrap_err().to_string();
    assert!(error.contains("intent.safetensors beside it"), "{error}");
    let (_, mut other, _, _) = setup_without(&Device::flex(), "intent");
    other.networks.clear();
    let mut engine = load(&other);
    let handles = engine.register(&items()).unwrap();
    engine.rerank(&handles, &RerankOptions::default(), 0.0).unwrap();
}

#[test]
fn malformed_statistics_are_a_corrupt_bundle() {
    let (_, mut bundle, _, _) = setup(&Device::flex());
    bundle.ranker.as_mut().unwrap().statistics.text.get_mut("word_idf").unwrap().pop();
    let files: BTreeMap<String, Vec<u8>> = bundle.encode(Some(Precision::F32)).unwrap().into_iter().collect();
    let manifest = std::str::from_utf8(&files["manifest.json"]).unwrap();
    let error = Engine::load(manifest, &files).err().unwrap();
    assert_eq!(error.code(), "bundle_corrupt");
    assert!(error.to_string().contains("statistics.safetensors: `word_keys`"), "{error}");
}
