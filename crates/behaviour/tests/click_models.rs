//! Properties of every click model.

use std::path::Path;

use windowshop_behaviour::clicks::{
    AnyModel, AnySettings, ClickLog, ClickModel, Columns, EmSettings, Impression, List, PbmSettings, PseudoCounts,
    RatePrior, UbmSettings, evaluate, hold_out, read_impressions, select,
};

/// Impressions of a small shop: lists of 5, items of different attractiveness, every third visitor clicks often.
fn shop(n: usize) -> Vec<Impression> {
    let place = |i: usize, salt: usize, of: usize| (i * 2_654_435_761 + salt * 40_503) / 64 % of;
    let one = |i: usize| {
        let query = place(i, 1, 6);
        let items: Vec<usize> = (0..5).map(|k| (k * (1 + place(i, 2, 4)) + place(i, 3, 7)) % 11).collect();
        let mut items: Vec<usize> =
            items.iter().enumerate().map(|(k, &item)| item + 11 * usize::from(items[..k].contains(&item))).collect();
        items.dedup();
        let clicked = items.iter().enumerate().map(|(k, item)| {
            let keen = if i.is_multiple_of(3) { 900 } else { 300 };
            place(i, 10 + k, 1_000) * (k + 2) < keen * (1 + (item * 7 + query) % 5) / 2
        });
        let clicked = clicked.collect();
        Impression::new(
            List::ranked(format!("q{query}"), items.iter().map(|i| format!("i{i}")).collect()).unwrap(),
            clicked,
        )
        .unwrap()
    };
    (0..n).map(one).collect()
}

fn fitted(log: &[Impression]) -> Vec<(&'static str, AnyModel)> {
    let log = ClickLog::new(log).unwrap();
    AnySettings::all().iter().map(|settings| (settings.name(), settings.fit(&log).unwrap().model)).collect()
}

#[test]
fn em_never_lowers_the_penalised_likelihood() {
    let log = ClickLog::new(&shop(3_000)).unwrap();
    let mut climbs = 0;
    let fixed = RatePrior::Fixed(PseudoCounts::PYCLICK_EM);
    let more = [
        AnySettings::Pbm(PbmSettings { attractiveness: fixed, ..PbmSettings::default() }),
        AnySettings::Ubm(UbmSettings { attractiveness: fixed, ..UbmSettings::default() }),
    ];
    for settings in AnySettings::all().iter().chain(&more) {
        let trace = settings.fit(&log).unwrap().trace;
        for (round, pair) in trace.windows(2).enumerate() {
            assert!(pair[1] >= pair[0] - 1e-9 * pair[0].abs(), "{} round {round}: {pair:?}", settings.name());
        }
        climbs += usize::from(trace.len() > 5 && trace[trace.len() - 1] > trace[0]);
    }
    assert_eq!(climbs, 6, "DBN, UBM, PBM and the mixture are climbed");
}

#[test]
fn results_are_bit_identical_for_any_number_of_threads() {
    let log = shop(2_000);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let models = fitted(&log);
            let json: Vec<String> = models.iter().map(|(_, model)| model.to_json().unwrap()).collect();
            let evaluations: Vec<_> = models.iter().map(|(_, model)| evaluate(model, &log, 7).unwrap()).collect();
            (json, evaluations)
        })
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
}

#[test]
fn marginals_are_sums_over_all_click_patterns() {
    let log = shop(2_000);
    for (name, model) in fitted(&log) {
        for impression in &log[..20] {
            let list = impression.list();
            let mut sums = vec![0.0; list.len()];
            let mut total = 0.0;
            for pattern in 0..1u32 << list.len() {
                let clicked: Vec<bool> = (0..list.len()).map(|i| pattern >> i & 1 == 1).collect();
                let hypothetical = Impression::new(list.clone(), clicked.clone()).unwrap();
                let conditional = model.conditional(&hypothetical);
                let p: f64 = conditional.iter().zip(&clicked).map(|(p, &c)| if c { *p } else { 1.0 - p }).product();
                total += p;
                sums.iter_mut().zip(&clicked).filter(|(_, clicked)| **clicked).for_each(|(sum, _)| *sum += p);
            }
            assert!((total - 1.0).abs() < 1e-9, "{name}: {total}");
            for (sum, marginal) in sums.iter().zip(model.marginal(list)) {
                assert!((sum - marginal).abs() < 1e-9, "{name}: {sum} {marginal}");
            }
        }
    }
}

#[test]
fn samples_have_the_marginals_and_depend_on_the_key_alone() {
    let log = shop(1_000);
    let list = log[0].list();
    for (name, model) in fitted(&log) {
        let n = 20_000;
        let mut clicks = vec![0.0; list.len()];
        for key in 0..n {
            for (count, clicked) in clicks.iter_mut().zip(model.sample(list, key)) {
                *count += f64::from(u8::from(clicked)) / n as f64;
            }
        }
        for (rate, marginal) in clicks.iter().zip(model.marginal(list)) {
            assert!((rate - marginal).abs() < 0.012, "{name}: {rate} {marginal}");
        }
        assert_eq!(model.sample(list, 5), model.sample(list, 5));
    }
}

#[test]
fn unseen_queries_items_and_positions_have_probabilities() {
    let log = shop(500);
    let long = List::ranked("never asked".into(), (0..40).map(|i| format!("new {i}")).collect()).unwrap();
    let known_query = List::grid("q1".into(), (0..12).map(|i| format!("new {i}")).collect(), 4).unwrap();
    for (name, model) in fitted(&log) {
        for list in [&long, &known_query] {
            assert!(model.marginal(list).iter().all(|p| *p > 0.0 && *p < 1.0), "{name}: {:?}", model.marginal(list));
            let nothing = Impression::new(list.clone(), vec![false; list.len()]).unwrap();
            assert!(model.conditional(&nothing).iter().all(|p| *p > 0.0 && *p < 1.0), "{name}");
        }
    }
}

#[test]
fn attractiveness_transfers_to_unseen_queries() {
    let of = |query: usize, first: &str, clicked: [bool; 2]| {
        let list = List::ranked(format!("q{query}"), vec![first.into(), "plain".into()]).unwrap();
        Impression::new(list, clicked.to_vec()).unwrap()
    };
    let log: Vec<Impression> = (0..200)
        .map(|i| match i % 2 {
            0 => of(i % 5, "star", [i % 10 != 0, false]),
            _ => of(i % 5, "dull", [false, i % 20 == 1]),
        })
        .collect();
    let model = AnySettings::Pbm(PbmSettings::default()).fit(&ClickLog::new(&log).unwrap()).unwrap().model;
    let [star, dull, unknown] =
        ["star", "dull", "unknown"].map(|item| model.attractiveness("new query", item).unwrap());
    assert!(star > unknown && unknown > dull, "{star} {unknown} {dull}");
}

#[test]
fn saved_models_are_restored_exactly_and_other_versions_are_rejected() {
    for (name, model) in fitted(&shop(300)) {
        let json = model.to_json().unwrap();
        assert!(json.starts_with(r#"{"format":1,"model":""#), "{name}: {}", &json[..40]);
        assert_eq!(AnyModel::from_json(&json).unwrap(), model, "{name}");
        let other = AnyModel::from_json(&json.replacen("1", "3", 1)).unwrap_err().to_string();
        assert!(other.contains("format 3 is not supported: this version reads format 1"), "{other}");
        assert!(AnyModel::from_json(&json[..json.len() / 2]).unwrap_err().to_string().contains("damaged"));
    }
}

#[test]
fn settings_have_defaults_and_unknown_ones_are_errors() {
    let read = serde_json::from_str::<AnySettings>;
    assert_eq!(read(r#"{"model": "pbm"}"#).unwrap(), AnySettings::Pbm(PbmSettings::default()));
    let ubm = read(r#"{"model": "ubm", "attractiveness": {"kind": "fixed", "yes": 1, "no": 4}}"#).unwrap();
    let fixed = RatePrior::Fixed(PseudoCounts::PYCLICK_EM);
    assert_eq!(ubm, AnySettings::Ubm(UbmSettings { attractiveness: fixed, ..UbmSettings::default() }));
    let dbn = read(r#"{"model": "chain", "kind": "dbn"}"#).unwrap();
    assert_eq!(dbn.name(), "dynamic Bayesian network (DBN)");
    assert!(read(r#"{"model": "pbm", "strength": 3}"#).unwrap_err().to_string().contains("strength"));
    assert!(read(r#"{"model": "pbm", "attractiveness": {"kind": "effects", "pair": 1, "item": 1, "x": 1}}"#).is_err());
    let log = ClickLog::new(&shop(100)).unwrap();
    let em = EmSettings { tolerance: 0.0, ..EmSettings::default() };
    let error = AnySettings::Pbm(PbmSettings { em, ..PbmSettings::default() }).fit(&log).unwrap_err().to_string();
    assert_eq!(error, "em.tolerance is 0: expected a number above 0");
    let endless = List::ranked("q".into(), (0..501).map(|i| i.to_string()).collect()).unwrap();
    let endless = ClickLog::new(&[Impression::new(endless, vec![true; 501]).unwrap()]).unwrap();
    let error = AnySettings::Ubm(UbmSettings::default()).fit(&endless).unwrap_err().to_string();
    assert!(error.contains("501 positions"), "{error}");
}

#[test]
fn held_out_impressions_are_the_latest_of_each_query_up_to_a_limit() {
    let log = shop(1_000);
    let (earlier, later) = hold_out(&log, 0.25, 20);
    let of = |part: &[Impression], query: &str| part.iter().filter(|i| i.list().query() == query).count();
    for query in ["q0", "q1", "q5"] {
        let all = of(&log, query);
        assert_eq!(of(&earlier, query), all - all / 4, "{query}");
        assert_eq!(of(&later, query), 20, "{query}");
    }
    let candidates = AnySettings::all();
    let choice = select(&candidates, &log, &[0.5, 0.25], 100).unwrap();
    assert_eq!(choice.perplexities.len(), candidates.len());
    assert!(choice.perplexities.iter().all(|p| *p >= choice.perplexities[choice.best] && *p < 2.0));
    let error = select(&candidates, &log[..3], &[0.25], 100).unwrap_err().to_string();
    assert!(error.contains("3 impressions cannot be split"), "{error}");
}

#[test]
fn invalid_tables_are_rejected_with_the_line() {
    let folder = std::env::temp_dir().join(format!("windowshop-behaviour-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let read = |text: &str| {
        let path = folder.join("log.tsv");
        std::fs::write(&path, text).unwrap();
        read_impressions(&path, b'\t', &Columns::default(), 1)
    };
    let good = read("query\titems\tclicked\numbrella\ta b c\t0 1 0\n").unwrap();
    assert_eq!((good.rows[0].list().items().len(), good.rows[0].clicked()), (3, &[false, true, false][..]));
    let message = |text: &str| read(text).unwrap_err().to_string();
    assert!(message("query\titems\nq\ta\n").contains("has no column `clicked`: found query, items"));
    let error = message("query\titems\tclicked\nq\ta b\t0 2\n");
    assert!(error.contains("line 2: column `clicked` is `2`: expected 0 or 1"), "{error}");
    assert!(
        message("query\titems\tclicked\nq\ta b\t0\n")
            .contains("line 2: the list for query `q` has 2 items and 1 clicks")
    );
    assert!(message("query\titems\tclicked\nq\t\t\n").contains("is empty"));
    let missing = read_impressions(Path::new("no such file"), b'\t', &Columns::default(), 1).unwrap_err();
    assert!(missing.to_string().contains("no such file cannot be read"), "{missing}");
    std::fs::remove_dir_all(folder).unwrap();
}
