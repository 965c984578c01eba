//! Figures on real logs, where they lie beside the project.

use std::path::{Path, PathBuf};

use windowshop_behaviour::clicks::{AnySettings, ClickLog, Columns, PbmSettings, evaluate, read_impressions};
use windowshop_behaviour::off_policy::{
    CrossFittedMeans, OffPolicySettings, Policy, RoundLog, evaluate_policy, read_open_bandit,
};

/// A folder of real data, or a printed skip.
fn data(folder: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let data = std::env::var_os("WINDOWSHOP_DATA").map_or_else(beside, PathBuf::from).join(folder);
    if !data.is_dir() {
        println!("skipped: {} is absent", data.display());
        return None;
    }
    Some(data)
}

#[test]
fn clicks_on_a_search_engine_are_foretold_as_by_pyclick_and_better_by_default() {
    let Some(data) = data("clicks-serp") else { return };
    let columns =
        Columns { query: "query_region".into(), items: "docs_by_rank".into(), clicked: "clicked_by_rank".into() };
    let [train, test] =
        ["train.tsv", "test.tsv"].map(|name| read_impressions(&data.join(name), b'\t', &columns).unwrap());
    let log = ClickLog::new(&train).unwrap();
    let perplexity =
        |settings: AnySettings| evaluate(&settings.fit(&log).unwrap().model, &test, 1).unwrap().perplexity.value;
    // What PyClick's formulas give on these rows, computed apart from this crate.
    let pyclick = perplexity(AnySettings::Pbm(PbmSettings::pyclick()));
    assert!((pyclick - 1.445_737).abs() < 1e-5, "{pyclick}");
    assert!((perplexity(AnySettings::all()[0]) - 1.492_756).abs() < 1e-5);
    let ours = perplexity(AnySettings::Pbm(PbmSettings::default()));
    assert!(ours < pyclick - 0.005, "{ours} {pyclick}");
}

#[test]
fn the_fashion_shops_own_random_slots_agree_with_what_its_bandit_s_log_says_of_them() {
    let Some(data) = data("open-bandit") else { return };
    let random = read_open_bandit(&data.join("random/all.csv")).unwrap();
    let bandit = read_open_bandit(&data.join("bts/all.csv")).unwrap();
    assert_eq!((random.rounds().len(), random.contexts(), random.actions()), (10_000, 3, 80));
    let uniform = Policy::uniform(3, 80);
    let judge = |log: &RoundLog| {
        let means = CrossFittedMeans::fit(log, 20.0);
        evaluate_policy(log, &uniform, &means, &OffPolicySettings::default()).unwrap()
    };
    let truth = judge(&random);
    assert!((truth.ips.value - truth.logged.value).abs() < 1e-9, "every propensity of the random log is 1/80");
    let estimate = judge(&bandit);
    // Few clicks, so wide intervals; what is checked is that they meet.
    for estimate in [estimate.ips, estimate.snips, estimate.doubly_robust] {
        assert!(estimate.ci95[0] <= truth.logged.ci95[1] && truth.logged.ci95[0] <= estimate.ci95[1], "{estimate:?}");
    }
    let weight = estimate.mean_weight.ci95;
    assert!(weight[0] < 1.0 && 1.0 < weight[1], "logged propensities are the bandit's: {weight:?}");
    assert!(estimate.effective_sample_size < 5_000.0, "{}", estimate.effective_sample_size);
}
