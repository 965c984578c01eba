//! Metrics on real logs, if they are available.

use std::collections::HashMap;
use std::path::Path;

use windowshop_behaviour::clicks::{AnySettings, ClickLog, Columns, PbmSettings, evaluate, read_impressions};
use windowshop_behaviour::off_policy::{
    CrossFittedMeans, OffPolicySettings, Policy, RoundLog, evaluate_policy, read_open_bandit,
};
use windowshop_behaviour::simulate::{
    Interaction, Product, ShopLog, ShopProfile, SimulateSettings, Visit, fidelity, simulate,
};
use windowshop_schema::event::InteractionKind;
use windowshop_test_support::real_data;

#[test]
fn search_log_perplexity_matches_pyclick_and_defaults_are_better() {
    let Some(data) = real_data("clicks-serp") else { return };
    let read = |name: &str| read_impressions(&data.join(name), b'\t', &Columns::pyclick(), 1).unwrap();
    let [train, test] = ["train.tsv", "test.tsv"].map(|name| read(name).rows);
    let log = ClickLog::new(&train).unwrap();
    let perplexity =
        |settings: AnySettings| evaluate(&settings.fit(&log).unwrap().model, &test, 1).unwrap().perplexity.value;
    // Computed independently by PyClick's formulas.
    let pyclick = perplexity(AnySettings::Pbm(PbmSettings::pyclick()));
    assert!((pyclick - 1.445_737).abs() < 1e-5, "{pyclick}");
    assert!((perplexity(AnySettings::all()[0]) - 1.492_756).abs() < 1e-5);
    let ours = perplexity(AnySettings::Pbm(PbmSettings::default()));
    assert!(ours < pyclick - 0.005, "{ours} {pyclick}");
}

#[test]
fn off_policy_estimates_agree_with_the_random_log_of_a_fashion_shop() {
    let Some(data) = real_data("open-bandit") else { return };
    let read = |name: &str| RoundLog::new(read_open_bandit(&data.join(name)).unwrap().rows).unwrap();
    let (random, bandit) = (read("random/all.csv"), read("bts/all.csv"));
    assert_eq!((random.rounds().len(), random.contexts(), random.actions()), (10_000, 3, 80));
    let uniform = Policy::uniform(3, 80);
    let judge = |log: &RoundLog| {
        let means = CrossFittedMeans::fit(log, 20.0);
        evaluate_policy(log, &uniform, &means, &OffPolicySettings::default()).unwrap()
    };
    let truth = judge(&random);
    assert!((truth.ips.value - truth.logged.value).abs() < 1e-9, "every propensity of the random log is 1/80");
    let estimate = judge(&bandit);
    // Few clicks make wide intervals; they must overlap.
    for estimate in [estimate.ips, estimate.snips, estimate.doubly_robust] {
        assert!(estimate.ci95[0] <= truth.logged.ci95[1] && truth.logged.ci95[0] <= estimate.ci95[1], "{estimate:?}");
    }
    let weight = estimate.mean_weight.ci95;
    assert!(weight[0] < 1.0 && 1.0 < weight[1], "logged propensities are the bandit's: {weight:?}");
    assert!(estimate.effective_sample_size < 5_000.0, "{}", estimate.effective_sample_size);
}

/// Milliseconds since 1970 of `2015-06-09 19:39:37`.
fn time_ms(text: &str) -> i64 {
    let time: jiff::civil::DateTime = text.parse().expect("a date and a time");
    time.to_zoned(jiff::tz::TimeZone::UTC).expect("UTC has every time").timestamp().as_millisecond()
}

/// Views of a software shop; a pause of half an hour starts a new visit.
fn online_store(data: &Path) -> ShopLog {
    let rows = |name: &str, header: bool| -> Vec<csv::StringRecord> {
        let mut reader = csv::ReaderBuilder::new().has_headers(header).from_path(data.join(name)).unwrap();
        reader.records().map(Result::unwrap).collect()
    };
    let product = |row: &csv::StringRecord| Product { id: row[0].into(), category: row[2].into(), price: None };
    let products: Vec<Product> = rows("ms_catalog.csv", true).iter().map(product).collect();
    let index: HashMap<&str, usize> =
        products.iter().enumerate().map(|(i, product)| (product.id.as_str(), i)).collect();
    let mut interactions: Vec<(String, Interaction)> = rows("ms_usage.csv", true)
        .iter()
        .filter_map(|row| {
            let interaction = Interaction {
                time_ms: time_ms(&row[2]),
                product: *index.get(&row[1])?,
                kind: InteractionKind::Click,
                list: None,
            };
            Some((row[0].to_owned(), interaction))
        })
        .collect();
    interactions.sort_by(|a, b| (&a.0, a.1.time_ms).cmp(&(&b.0, b.1.time_ms)));
    let same_visit =
        |a: &(String, Interaction), b: &(String, Interaction)| a.0 == b.0 && b.1.time_ms - a.1.time_ms < 1_800_000;
    let visits = interactions.chunk_by(same_visit).map(|interactions| Visit {
        visitor: interactions[0].0.clone(),
        start_ms: interactions[0].1.time_ms,
        lists: vec![],
        interactions: interactions.iter().map(|(_, interaction)| interaction.clone()).collect(),
    });
    let visits = visits.collect();
    ShopLog::new(products, visits).unwrap()
}

#[test]
fn simulated_visitors_of_a_software_shop_are_close_to_real_ones() {
    let Some(data) = real_data("ms-online-store") else { return };
    let real = online_store(&data);
    let profile = ShopProfile::fit(&real, &AnySettings::Pbm(PbmSettings::default())).unwrap();
    let visitors = real.visits().chunk_by(|a, b| a.visitor == b.visitor).count();
    let settings = SimulateSettings { visitors, ..SimulateSettings::default() };
    let report = fidelity(&real, &simulate(&profile, &settings).unwrap());
    for distance in &report.distances {
        assert!(distance.distance < 2.0 * distance.floor.unwrap() + 0.03, "{distance:?}");
    }
    for rate in &report.rates {
        assert!((rate.real - rate.simulated).abs() < 0.03, "{rate:?}");
    }
}
