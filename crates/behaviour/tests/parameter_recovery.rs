//! Every click model recovers the parameters that clicks were sampled from.

use std::collections::BTreeMap;

use windowshop_behaviour::clicks::{
    AnySettings, Chain, ChainKind, ChainSettings, ClickLog, ClickModel, Examination, ExaminationShape, Fit, Impression,
    List, Mixture, MixtureSettings, PairTable, Pbm, PbmSettings, Position, PseudoCounts, QueryRates, RatePrior, Ubm,
    UbmSettings, VisitorType, evaluate,
};

const QUERIES: usize = 4;
const ITEMS: usize = 8;
/// A prior that is weak compared with the data.
const WEAK: RatePrior = RatePrior::Fixed(PseudoCounts { yes: 0.1, no: 0.1 });
const WEAK_COUNTS: PseudoCounts = PseudoCounts { yes: 0.1, no: 0.1 };

/// A pseudo-random rate in [low, high) per pair.
fn rate(query: usize, item: usize, salt: usize, low: f64, high: f64) -> f64 {
    let spread = ((query * 31 + item * 17 + salt * 7) * 2_654_435_761) % 1_000;
    low + (high - low) * spread as f64 / 1_000.0
}

fn table(salt: usize, low: f64, high: f64) -> PairTable {
    let of_query = |q: usize| {
        let items = (0..ITEMS).map(|i| (format!("i{i}"), rate(q, i, salt, low, high)));
        (format!("q{q}"), QueryRates { mean: -0.8, items: items.collect::<BTreeMap<_, _>>() })
    };
    PairTable { mean: -0.8, items: BTreeMap::new(), queries: (0..QUERIES).map(of_query).collect() }
}

/// Lists in which every item appears at every position, so that attractiveness and examination are identifiable.
fn lists(n: usize, columns: u32) -> impl Iterator<Item = List> {
    (0..n).map(move |i| {
        let (step, start) = ([1, 3, 5, 7][i / QUERIES % 4], i / (QUERIES * 4));
        let items = (0..ITEMS).map(|place| format!("i{}", (place * step + start) % ITEMS)).collect();
        List::grid(format!("q{}", i % QUERIES), items, columns).unwrap()
    })
}

fn sampled(model: &dyn ClickModel, n: usize, columns: u32) -> ClickLog {
    ClickLog::new(&impressions(model, n, columns)).unwrap()
}

fn impressions(model: &dyn ClickModel, n: usize, columns: u32) -> Vec<Impression> {
    let draw = |(key, list): (usize, List)| {
        let clicked = model.sample(&list, key as u64 + 1_000_000);
        Impression::new(list, clicked).unwrap()
    };
    lists(n, columns).enumerate().map(draw).collect()
}

/// Largest difference of rates; `scale` removes the factor that clicks do not identify.
fn worst(found: &PairTable, truth: &PairTable, scale: f64) -> f64 {
    let pairs =
        truth.queries.iter().flat_map(|(query, rates)| rates.items.iter().map(move |(item, rate)| (query, item, rate)));
    pairs.map(|(query, item, rate)| (found.rate(query, item) * scale - rate).abs()).fold(0.0, f64::max)
}

/// The factor that best maps `found` to `truth`.
fn scale(found: &PairTable, truth: &PairTable) -> f64 {
    let sum = |table: &PairTable| table.queries.values().flat_map(|rates| rates.items.values()).sum::<f64>();
    sum(truth) / sum(found)
}

const EXAMINED: [f64; ITEMS] = [0.95, 0.8, 0.7, 0.55, 0.45, 0.35, 0.3, 0.25];

fn true_pbm() -> Pbm {
    let examination = Examination::Table { columns: 1, values: EXAMINED.to_vec() };
    Pbm { attractiveness: table(1, 0.1, 0.8), examination }
}

#[test]
fn the_position_based_model_recovers_attractiveness_and_examination_up_to_a_common_factor() {
    let truth = true_pbm();
    let settings = PbmSettings { attractiveness: WEAK, examination: WEAK_COUNTS, ..PbmSettings::default() };
    let found = Pbm::fit(&sampled(&truth, 60_000, 1), &settings).unwrap().model;
    let scale = scale(&found.attractiveness, &truth.attractiveness);
    assert!(worst(&found.attractiveness, &truth.attractiveness, scale) < 0.03);
    for (rank, truth) in EXAMINED.iter().enumerate() {
        let found = found.examination.at(Position { row: rank as u32 + 1, column: 1 }) / scale;
        assert!((found - truth).abs() < 0.02, "rank {}: {found} {truth}", rank + 1);
    }
    let propensities = found.propensities().unwrap();
    assert!((propensities.at(Position { row: 5, column: 1 }) - 0.45 / 0.95).abs() < 0.03, "{propensities:?}");
}

#[test]
fn both_examination_shapes_recover_rows_and_columns() {
    let (rows, columns) = ([0.9, 0.6, 0.4, 0.2], [0.9, 0.5]);
    let examination = Examination::RowTimesColumn { rows: rows.to_vec(), columns: columns.to_vec() };
    let truth = Pbm { attractiveness: table(2, 0.2, 0.9), examination };
    let log = sampled(&truth, 60_000, 2);
    for shape in [ExaminationShape::Table, ExaminationShape::RowTimesColumn] {
        let settings = PbmSettings { attractiveness: WEAK, examination: WEAK_COUNTS, shape, ..PbmSettings::default() };
        let found = Pbm::fit(&log, &settings).unwrap().model.propensities().unwrap();
        assert_eq!(found.columns(), 2);
        for (r, row) in rows.iter().enumerate() {
            for (c, column) in columns.iter().enumerate() {
                let found = found.at(Position { row: r as u32 + 1, column: c as u32 + 1 });
                let truth = row * column / 0.81;
                assert!((found - truth).abs() < 0.03, "{shape:?} {r} {c}: {found} {truth}");
            }
        }
    }
}

#[test]
fn the_cascade_model_recovers_attractiveness_from_first_clicks() {
    let truth = Chain {
        kind: ChainKind::Cascade,
        attractiveness: table(3, 0.05, 0.5),
        satisfaction: None,
        continuation: 1.0,
        columns: 1,
        examined: vec![],
    };
    let mut clicked = impressions(&truth, 40_000, 1);
    let settings = ChainSettings { attractiveness: WEAK, ..ChainSettings::new(ChainKind::Cascade) };
    let found = Chain::fit(&ClickLog::new(&clicked).unwrap(), &settings).unwrap().model;
    assert!(worst(&found.attractiveness, &truth.attractiveness, 1.0) < 0.03);

    // Clicks below the first do not change this model.
    for impression in &mut clicked {
        if let Some(first) = impression.clicked().iter().position(|&clicked| clicked) {
            let more = impression.clicked().iter().enumerate().map(|(i, &c)| c || i > first && i % 2 == 0).collect();
            *impression = Impression::new(impression.list().clone(), more).unwrap();
        }
    }
    assert_eq!(Chain::fit(&ClickLog::new(&clicked).unwrap(), &settings).unwrap().model, found);
    assert!(evaluate(&found, &clicked, 1).unwrap().conditional_perplexity.value.is_finite());
}

#[test]
fn the_dbn_recovers_attractiveness_satisfaction_and_continuation() {
    let truth = Chain {
        kind: ChainKind::Dbn,
        attractiveness: table(4, 0.15, 0.7),
        satisfaction: Some(table(5, 0.2, 0.8)),
        continuation: 0.85,
        columns: 1,
        examined: vec![],
    };
    let settings = ChainSettings { attractiveness: WEAK, satisfaction: WEAK, ..ChainSettings::new(ChainKind::Dbn) };
    let found = Chain::fit(&sampled(&truth, 120_000, 1), &settings).unwrap().model;
    assert!((found.continuation - 0.85).abs() < 0.01, "{}", found.continuation);
    assert!(worst(&found.attractiveness, &truth.attractiveness, 1.0) < 0.03);
    assert!(worst(found.satisfaction.as_ref().unwrap(), truth.satisfaction.as_ref().unwrap(), 1.0) < 0.06);
}

#[test]
fn the_simplified_dbn_counts_certain_examinations() {
    let list = || List::ranked("q".into(), ["a", "b", "c"].map(String::from).to_vec()).unwrap();
    let log = [[true, true, false], [false, true, false], [false, false, false], [true, false, false]];
    let log = log.map(|clicked| Impression::new(list(), clicked.to_vec()).unwrap());
    let even = RatePrior::Fixed(PseudoCounts::PYCLICK_COUNTS);
    let settings =
        ChainSettings { attractiveness: even, satisfaction: even, ..ChainSettings::new(ChainKind::SimplifiedDbn) };
    let found = Chain::fit(&ClickLog::new(&log).unwrap(), &settings).unwrap().model;
    let attracts = ["a", "b", "c"].map(|item| found.attractiveness.rate("q", item));
    let satisfies = ["a", "b", "c"].map(|item| found.satisfaction.as_ref().unwrap().rate("q", item));
    // a: 2 of 4 lists; b: 2 of the 3 examined; c: examined once, in the list without a click.
    assert_eq!(attracts.map(|rate| (rate * 60.0).round()), [30.0, 36.0, 20.0]);
    // a was the last click of 1 of 2, b of 2 of 2.
    assert_eq!(satisfies, [0.5, 0.75, 0.5]);
}

#[test]
fn the_ubm_recovers_examination_by_rank_and_last_click() {
    let cell =
        |rank: usize, last: usize| 0.9 / (1.0 + 0.25 * (rank - last - 1) as f64) - if last == 0 { 0.1 } else { 0.0 };
    let examination: Vec<f64> = (1..=ITEMS).flat_map(|rank| (0..rank).map(move |last| cell(rank, last))).collect();
    let truth = Ubm { attractiveness: table(6, 0.15, 0.8), columns: 1, examination, examined: vec![1.0; ITEMS] };
    let settings = UbmSettings { attractiveness: WEAK, examination: WEAK_COUNTS, ..UbmSettings::default() };
    let found = Ubm::fit(&sampled(&truth, 120_000, 1), &settings).unwrap().model;
    let scale = scale(&found.attractiveness, &truth.attractiveness);
    assert!(worst(&found.attractiveness, &truth.attractiveness, scale) < 0.03);
    for (cell, (found, truth)) in found.examination.iter().zip(&truth.examination).enumerate() {
        assert!((found / scale - truth).abs() < 0.05, "cell {cell}: {found} {truth}");
    }
}

#[test]
fn the_mixture_recovers_light_and_heavy_clickers() {
    let light = VisitorType { share: 0.7, examination: EXAMINED.map(|e| e * 0.4).to_vec() };
    let heavy = VisitorType { share: 0.3, examination: vec![0.95; ITEMS] };
    let truth = Mixture { attractiveness: table(7, 0.2, 0.9), columns: 1, types: vec![light, heavy] };
    let settings =
        MixtureSettings { types: 2, attractiveness: WEAK, examination: WEAK_COUNTS, ..MixtureSettings::default() };
    let found = Mixture::fit(&sampled(&truth, 60_000, 1), &settings).unwrap().model;
    let scale = scale(&found.attractiveness, &truth.attractiveness);
    for (found, truth) in found.types.iter().zip(&truth.types) {
        assert!((found.share - truth.share).abs() < 0.03, "{} {}", found.share, truth.share);
        for (found, truth) in found.examination.iter().zip(&truth.examination) {
            assert!((found / scale - truth).abs() < 0.05, "{found} {truth}");
        }
    }
    assert!(worst(&found.attractiveness, &truth.attractiveness, scale) < 0.03);
}

#[test]
fn the_generating_model_has_the_best_perplexity_and_baselines_the_worst() {
    let truth = true_pbm();
    let log = sampled(&truth, 20_000, 1);
    let held_out: Vec<Impression> = impressions(&truth, 24_000, 1).split_off(20_000);
    let perplexity = |model: &dyn ClickModel| evaluate(model, &held_out, 1).unwrap().perplexity.value;
    let [rank, document, pbm] = ["rank CTR", "document CTR", "position-based (PBM)"].map(|name| {
        let settings = AnySettings::all().into_iter().find(|settings| settings.name() == name).unwrap();
        perplexity(&settings.fit(&log).unwrap().model)
    });
    assert!(pbm < document && pbm < rank, "{pbm} {document} {rank}");
    assert!((pbm - perplexity(&truth)).abs() < 0.002, "{pbm} {}", perplexity(&truth));
}
