//! Behaviour in logs: click models, simulated visitors, propensity weights, off-policy evaluation.

mod common;

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use common::{refused, succeed};
use serde_json::Value;

const STORE: &str = r#"
name = "shop"
[lists]
kind = "events"
[events]
file = "events.jsonl"
[privacy]
user_salt = "shop"
[train.ranker]
epochs = 8
batch_lists = 32
learning_rate = 1e-2
loss_mse = 0.0
loss_listnet = 1.0
[train.ranker.model]
hidden_dim = 8
session_dim = 8
repr_dim = 2
dropout = 0.0
"#;
const ITEMS: usize = 40;
const PLACES: usize = 8;
const START_S: usize = 1_714_521_600;

/// A number in [0, 1) of two counters (SplitMix64, Steele et al. 2014).
fn draw(a: usize, b: usize) -> f64 {
    let mut z =
        (a as u64).wrapping_mul(0xd134_2543_de82_ef95).wrapping_add((b as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

fn stars(item: usize) -> f64 {
    1.0 + (item % 9) as f64 / 2.0
}

/// Lists in random order: visitors examine rank r with probability 1 / r and click an examined item with a probability that grows
/// with its stars, then another item. Every fifth clicked item goes into the cart.
fn write_shop(dir: &Path, lists: usize) {
    let mut log = String::new();
    for item in 0..ITEMS {
        writeln!(
            log,
            r#"{{"event":"item","id":"i{item}","timestamp":"{START_S}","item":"i{item}","fields":[{{"name":"title","value":"thing {item}"}},{{"name":"rating","value":{}}},{{"name":"rating_count","value":50}},{{"name":"price","value":{}}},{{"name":"category","value":"c{}"}}]}}"#,
            stars(item),
            5 + item,
            item % 3
        )
        .unwrap();
    }
    for list in 0..lists {
        let second = START_S + list * 400;
        let visitor = list / 2;
        let mut items: Vec<usize> = (0..ITEMS).collect();
        (1..ITEMS).rev().for_each(|i| items.swap(i, (draw(list, i) * (i + 1) as f64) as usize));
        items.truncate(PLACES);
        let shown: Vec<String> = items.iter().map(|item| format!(r#"{{"id":"i{item}"}}"#)).collect();
        writeln!(
            log,
            r#"{{"event":"ranking","id":"r{list}","timestamp":"{second}","user":"v{visitor}","fields":[{{"name":"query","value":"query {}"}}],"items":[{}]}}"#,
            list % 120,
            shown.join(",")
        )
        .unwrap();
        let mut done = 0;
        let mut act = |kind: &str, item: usize, ranking: &str| {
            done += 1;
            writeln!(
                log,
                r#"{{"event":"interaction","id":"a{list}-{done}","timestamp":"{}","type":"{kind}","item":"i{item}","user":"v{visitor}"{ranking}}}"#,
                second + 5 * done
            )
            .unwrap();
        };
        for (place, &item) in items.iter().enumerate() {
            let looks = draw(list, 100 + place) < 1.0 / (place + 1) as f64;
            if looks && draw(list, 200 + place) < (stars(item) - 0.9) / 5.0 {
                act("click", item, &format!(r#","ranking":"r{list}""#));
                if list % 5 == 0 {
                    act("cart", item, &format!(r#","ranking":"r{list}""#));
                }
            }
        }
        act("click", (draw(list, 300) * ITEMS as f64) as usize, "");
    }
    fs::write(dir.join("events.jsonl"), log).unwrap();
    fs::write(dir.join("store.toml"), STORE).unwrap();
}

fn ingested(lists: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_shop(dir.path(), lists);
    succeed(dir.path(), &["ingest", "store.toml", "--out", "data"]);
    dir
}

fn json(dir: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&succeed(dir, args)).unwrap()
}

#[test]
fn propensity_weights_bring_the_ranker_closer_to_the_true_order() {
    let shop = ingested(2_400);
    let dir = shop.path();
    let fitted =
        json(dir, &["evaluate", "clicks", "--data", "data", "--click-model", "pbm", "--out", "model.json", "--json"]);
    let propensities: Vec<f64> = fitted["propensities"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    for (place, propensity) in propensities.iter().enumerate() {
        assert!((propensity - 1.0 / (place + 1) as f64).abs() < 0.1, "{propensities:?}");
    }
    // Share of the pairs in the order of their stars, over held-out lists.
    let in_order = |run: &str, more: &[&str]| {
        let train = ["train", "ranker", "--data", "data", "--out", run, "--device", "cpu"];
        succeed(dir, &[&train[..], more].concat());
        succeed(dir, &["evaluate", "ranker", "--model", run, "--data", "data", "--dump", "said.jsonl"]);
        let (mut right, mut all) = (0.0, 0.0);
        for line in fs::read_to_string(dir.join("said.jsonl")).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let of = |i: usize| (line["items"][i]["rating"].as_f64().unwrap(), line["scores"][i].as_f64().unwrap());
            for (a, b) in (0..PLACES).flat_map(|a| (0..a).map(move |b| (of(a), of(b)))).filter(|(a, b)| a.0 != b.0) {
                right += f64::from(u8::from((a.0 > b.0) == (a.1 > b.1)));
                all += 1.0;
            }
        }
        right / all
    };
    let plain = in_order("plain", &[]);
    let listnet = in_order("listnet", &["--set", "click_model=model.json"]);
    let lambdarank = in_order(
        "lambdarank",
        &["--set", "click_model=model.json", "--set", "loss_listnet=0", "--set", "loss_lambdarank=1"],
    );
    assert!(listnet > plain + 0.05 && lambdarank > plain + 0.05, "{plain} {listnet} {lambdarank}");
    let refuse = |more: &[&str]| {
        let train = ["train", "ranker", "--data", "data", "--out", "other", "--device", "cpu", "--set"];
        refused(dir, &[&train[..], more].concat())
    };
    assert!(refuse(&["click_model=nowhere.json"]).contains("trainer evaluate clicks --out"));
    let squared = refuse(&["click_model=model.json", "--set", "loss_mse=1"]);
    assert!(squared.contains("expected loss_mse 0"), "{squared}");
    assert!(refuse(&["click_model=model.json", "--set", "propensity_clip=0"]).contains("above 0"));
    succeed(dir, &["evaluate", "clicks", "--data", "data", "--click-model", "document-ctr", "--out", "rates.json"]);
    assert!(refuse(&["click_model=rates.json"]).contains("has no examination probabilities"));
}

#[test]
fn simulated_visitors_can_be_ingested_and_trained_on_and_every_row_is_marked() {
    let shop = ingested(600);
    let dir = shop.path();
    let simulate = |out: &'static str| ["simulate", "--data", "data", "--out", out, "--users", "200", "--seed", "3"];
    let said = succeed(dir, &simulate("drawn"));
    assert!(said.contains("200 visitors") && said.contains("products picked"), "{said}");
    let log = fs::read_to_string(dir.join("drawn/events.jsonl")).unwrap();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for line in log.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["simulated"], true, "{line}");
        *kinds.entry(row["event"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(kinds["ranking"] > 200 && kinds["interaction"] > 300 && kinds["item"] == ITEMS, "{kinds:?}");
    // The rows stay marked if the store does not mention the simulation.
    let store = fs::read_to_string(dir.join("drawn/store.toml")).unwrap();
    assert!(store.contains("simulated = true"));
    fs::write(dir.join("drawn/silent.toml"), store.replace("simulated = true", "")).unwrap();
    for store in ["drawn/store.toml", "drawn/silent.toml"] {
        let report = succeed(dir, &["ingest", store, "--out", "again"]);
        assert!(
            report.contains(&format!("simulated events {}", log.lines().count()))
                || report.contains("simulated events"),
            "{report}"
        );
        let dataset: Value =
            serde_json::from_str(&fs::read_to_string(dir.join("again/dataset.json")).unwrap()).unwrap();
        assert_eq!(
            (&dataset["simulated"], &dataset["report"]["counts"]["simulated events"]),
            (&Value::Bool(true), &log.lines().count().into())
        );
        assert_eq!(dataset["report"]["dropped"].as_array().map(Vec::len), Some(0), "{}", dataset["report"]);
    }
    succeed(dir, &["train", "ranker", "--data", "again", "--out", "run", "--epochs", "1", "--device", "cpu"]);
    let fidelity: Value = serde_json::from_str(&fs::read_to_string(dir.join("drawn/fidelity.json")).unwrap()).unwrap();
    let shares = fidelity["fidelity"]["rates"].as_array().unwrap();
    assert!(shares.iter().any(|share| share["name"] == "product repeated in a later visit"), "{shares:?}");
    assert!(
        fidelity["fitted_to"]["counts"]["lists_left_out"].as_u64() > Some(0),
        "what is tested on is not learned from"
    );
    let page = fs::read_to_string(dir.join("drawn/fidelity.html")).unwrap();
    assert!(page.contains("<svg") && !page.contains("src=") && !page.contains("href="), "one file");
    // Equal seeds give equal visitors, and nothing is overwritten.
    assert!(refused(dir, &simulate("drawn")).contains("nothing is overwritten"));
    succeed(dir, &simulate("twin"));
    assert!(log == fs::read_to_string(dir.join("twin/events.jsonl")).unwrap());
    // The lists have graded clicks for the ranker's loss.
    succeed(
        dir,
        &[
            "train",
            "ranker",
            "--data",
            "again",
            "--out",
            "weighed",
            "--epochs",
            "1",
            "--device",
            "cpu",
            "--set",
            "click_model=drawn/click_model.json",
        ],
    );
}

#[test]
fn a_dry_run_of_a_simulation_writes_nothing() {
    let shop = ingested(200);
    let said = succeed(shop.path(), &["simulate", "--data", "data", "--out", "drawn", "--users", "50", "--dry-run"]);
    assert!(said.contains("would write  50 visitors") && !shop.path().join("drawn").exists(), "{said}");
}

/// A dataset of 400 visitors with histories, lists and next items.
fn histories() -> tempfile::TempDir {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    let (mut items, mut histories, mut lists) =
        (String::from("id\ttitle\n"), String::from("user\titems\tnext\n"), String::new());
    (0..30).for_each(|item| writeln!(items, "{item}\tthing {item}").unwrap());
    for user in 0..400 {
        let start = user * 7 % 30;
        let next = (start + 4) % 30;
        let history: Vec<String> = (0..4).map(|i| ((start + i) % 30).to_string()).collect();
        let list: Vec<String> = (0..6)
            .map(|i| ((next + (i + user % 6) % 6 * if user % 3 == 0 { 1 } else { 5 }) % 30).to_string())
            .collect();
        writeln!(histories, "u{user}\t{}\t{next}", history.join(" ")).unwrap();
        writeln!(lists, "u{user}\t{}", list.join(" ")).unwrap();
    }
    for (name, text) in [("items.tsv", items), ("histories.tsv", histories), ("lists.tsv", lists)] {
        fs::write(dir.join(name), text).unwrap();
    }
    let store = r#"
name = "histories"
[catalogue]
file = "items.tsv"
id = "id"
title = "title"
[histories]
file = "histories.tsv"
user = "user"
items = "items"
target = "next"
[lists]
kind = "candidates"
file = "lists.tsv"
user = "column_1"
items = "column_2"
[privacy]
user_salt = "histories"
[train.ranker]
epochs = 2
loss_mse = 0.0
loss_listnet = 1.0
"#;
    fs::write(dir.join("store.toml"), store).unwrap();
    succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    shop
}

#[test]
fn histories_are_simulated_with_lists_and_next_items() {
    let shop = histories();
    let dir = shop.path();
    let said = succeed(dir, &["simulate", "--data", "data", "--out", "drawn", "--users", "300", "--rank-test"]);
    assert!(said.contains("train_on_simulated"), "{said}");
    let drawn = fs::read_to_string(dir.join("drawn/histories.tsv")).unwrap();
    assert!(drawn.lines().skip(1).all(|line| line.ends_with("\ttrue")), "every row is marked");
    let fidelity: Value = serde_json::from_str(&fs::read_to_string(dir.join("drawn/fidelity.json")).unwrap()).unwrap();
    assert!(!fidelity["fidelity"]["distances"].to_string().contains("months"), "no time is known");
    let test = &fidelity["rank_test"];
    assert!(
        test["train_on_real"]["ndcg@10"].is_number() && test["train_on_real"]["n"] == test["train_on_simulated"]["n"]
    );
    succeed(dir, &["ingest", "drawn/store.toml", "--out", "again"]);
    let dataset: Value = serde_json::from_str(&fs::read_to_string(dir.join("again/dataset.json")).unwrap()).unwrap();
    assert_eq!(dataset["simulated"], true);
    assert!(dataset["report"]["counts"]["lists"].as_u64() > Some(150), "{}", dataset["report"]["counts"]);
}

#[test]
fn a_ranker_learns_from_simulated_visitors_and_refuses_those_fitted_to_held_out_data() {
    let shop = histories();
    let dir = shop.path();
    let simulate = |out: &str, more: &[&str]| {
        succeed(dir, &[&["simulate", "--data", "data", "--out", out][..], more].concat());
    };
    simulate("half", &["--visitor-share", "0.5"]);
    simulate("whole", &[]);
    let arguments = |more: &[&str]| -> Vec<String> {
        let train = ["train", "ranker", "--data", "data", "--device", "cpu", "--epochs", "1"];
        train.iter().chain(more).map(|&word| word.to_owned()).collect()
    };
    let train = |out: &str, more: &[&str]| -> Value {
        let arguments = arguments(&[&["--out", out][..], more].concat());
        succeed(dir, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let log = fs::read_to_string(dir.join(out).join("log.jsonl")).unwrap();
        serde_json::from_str(log.lines().next().unwrap()).unwrap()
    };
    let half = ["--set", "visitor_share=0.5"];
    let [alone, both, only] = [
        train("alone", &half),
        train("both", &[&half[..], &["--set", "generated=half"]].concat()),
        train("only", &[&half[..], &["--set", "generated=half", "--set", "generated_only=true"]].concat()),
    ];
    let count = |start: &Value, key: &str| start[key].as_u64().unwrap();
    assert_eq!(count(&both, "train"), count(&alone, "train") + count(&only, "train"));
    assert!(count(&alone, "real") == count(&both, "real") && count(&only, "real") == 0, "{alone} {both} {only}");
    for key in ["validation", "test"] {
        assert!(count(&alone, key) > 30 && alone[key] == both[key] && alone[key] == only[key], "{alone} {both} {only}");
    }
    let card = |run: &str| fs::read_to_string(dir.join(run).join("bundle/manifest.json")).unwrap();
    assert!(card("both").contains(r#""simulated":true"#) || card("both").contains(r#""simulated": true"#));
    let refuse = |more: &[&str]| {
        let arguments = arguments(&[&["--out", "other"][..], more].concat());
        refused(dir, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert!(refuse(&["--set", "generated=half"]).contains("fitted to another visitor_share"));
    assert!(
        refuse(&["--set", "generated=whole", "--seed", "2"]).contains("another seed, validation_share or test_share")
    );
    assert!(refuse(&["--set", "generated=data"]).contains("is this a folder of `trainer simulate`?"));
    assert!(refuse(&["--set", "generated_only=true"]).contains("name a run as generated"));
    assert!(refuse(&["--set", "visitor_share=0"]).contains("above 0 and at most 1"));
    let few = refuse(&["--set", "visitor_share=0.0000001"]);
    assert!(
        few.contains("visitor_share 0.0000001: 0 lists to learn from") && few.contains("learn from a larger share"),
        "{few}"
    );
}

#[test]
fn an_ablation_of_the_ranker_evaluates_all_arms_on_the_same_lists() {
    let shop = histories();
    let dir = shop.path();
    let ablate = ["ablate", "ranker", "--data", "data", "--out", "gate", "--device", "cpu", "--seeds", "2"];
    let own = ["--amounts", "40%,100%", "--generator-set", "users=120", "--set", "epochs=1", "--json"];
    let verdict = json(dir, &[&ablate[..], &own].concat());
    assert_eq!(verdict["arms"], serde_json::json!(["none", "simulated", "simulated-only"]));
    assert_eq!(verdict["findings"].as_array().unwrap().len(), 6);
    let outcomes = fs::read_to_string(dir.join("gate/outcomes.jsonl")).unwrap();
    let mut shops: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for line in outcomes.lines() {
        let outcome: Value = serde_json::from_str(line).unwrap();
        let shop = outcome["metrics"]["ndcg@10_shop"].as_f64().unwrap();
        shops.entry(outcome["seed"].as_u64().unwrap()).or_default().push(shop);
    }
    for shops in shops.values() {
        assert!(shops.len() == 6 && shops.iter().all(|shop| shop == &shops[0]), "{shops:?}");
    }
    let refuse = |more: &[&str]| {
        let ablate = ["ablate", "ranker", "--data", "data", "--out", "other", "--device", "cpu", "--seeds", "2"];
        refused(dir, &[&ablate[..], more].concat())
    };
    assert!(refuse(&["--amounts", "20"]).contains("expected shares of the visitors"));
    let unknown =
        refuse(&["--generator-set", "people=3", "--arms", "simulated", "--set", "epochs=1", "--amounts", "all"]);
    assert!(
        unknown.contains("--people") && unknown.contains("the options are those of `trainer simulate`"),
        "{unknown}"
    );
    let few = refuse(&["--amounts", "0.00001%", "--set", "epochs=1"]);
    assert!(few.contains("amount 0.00001%") && few.contains("0 lists to learn from"), "{few}");
}

#[test]
fn a_simulation_reports_memorisation_and_min_visitors_drops_rare_behaviour() {
    let shop = histories();
    let dir = shop.path();
    let said = succeed(dir, &["simulate", "--data", "data", "--out", "drawn"]);
    assert!(said.contains("longest shared run: median, 95 %, max") && said.contains("400 visitors"), "{said}");
    let about = |out: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(dir.join(out).join("fidelity.json")).unwrap()).unwrap()
    };
    let found = &about("drawn")["memorisation"];
    let measures = found["measures"].as_array().unwrap();
    assert_eq!(measures.len(), 4);
    for measure in measures {
        let ci = &measure["difference"]["ci95"];
        assert!(
            ci[0].as_f64() <= ci[1].as_f64() && measure["exceeds_real"] == (ci[0].as_f64() > Some(0.0)),
            "{measure}"
        );
        assert_eq!(
            measure["exceeds_real"].as_bool(),
            Some(said.contains(&format!("repeat real ones: {}", measure["name"].as_str().unwrap())))
        );
    }
    let page = fs::read_to_string(dir.join("drawn/fidelity.html")).unwrap();
    assert!(page.contains("Memorisation of real visitors") && page.contains("no proof of privacy"));
    succeed(dir, &["simulate", "--data", "data", "--out", "many", "--min-visitors", "100"]);
    let many = about("many");
    assert_eq!((&many["min_visitors"], &many["written"]["lists"]), (&100.into(), &0.into()));
    let error = refused(dir, &["simulate", "--data", "data", "--out", "x", "--min-visitors", "100", "--rank-test"]);
    assert!(error.contains("--min-visitors 100: none of") && error.contains("leave out --rank-test"), "{error}");
}

#[test]
fn click_models_are_compared_and_invalid_lists_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut table = String::from("query\titems\tclicked\n");
    for i in 0..800 {
        let click = |place: usize| usize::from(draw(i, place) < 0.6 / (place + 1) as f64);
        writeln!(table, "q{}\ta b c d\t{} {} {} {}", i % 5, click(0), click(1), click(2), click(3)).unwrap();
    }
    fs::write(dir.join("good.tsv"), &table).unwrap();
    fs::write(dir.join("bad.tsv"), table.clone() + "q1\ta b\t1\nq2\ta b\tyes no\nq3\ta\n").unwrap();
    let of =
        |data: &str, more: &[&str]| json(dir, &[&["evaluate", "clicks", "--json", "--data", data][..], more].concat());
    let (good, bad) = (of("good.tsv", &[]), of("bad.tsv", &[]));
    assert_eq!(
        (&good["n_skipped"], &bad["n_skipped"], &good["perplexity"]),
        (&0.into(), &3.into(), &bad["perplexity"])
    );
    assert!(bad["skipped_first"].as_str().unwrap().contains("2 items and 1 clicks"), "{bad}");
    let rows = good["leaderboard"].as_array().unwrap();
    let place = |name: &str| rows.iter().position(|row| row["click_model"] == name).unwrap();
    assert!(place("pbm") < place("document-ctr"), "{rows:?}");
    for row in rows {
        let (value, ci) = (row["perplexity"].as_f64().unwrap(), &row["perplexity_ci95"]);
        assert!(ci[0].as_f64().unwrap() <= value && value <= ci[1].as_f64().unwrap() && value >= 1.0, "{row}");
        assert!(row["pooled_perplexity"].as_f64().unwrap() <= value + 1e-9);
    }
    let grid = of("good.tsv", &["--grid", "2", "--click-model", "grid"]);
    assert_eq!((&grid["click_model"], grid["propensities"].as_array().map(Vec::len)), (&"grid".into(), Some(4)));
    let refuse =
        |data: &str, more: &[&str]| refused(dir, &[&["evaluate", "clicks", "--data", data][..], more].concat());
    assert!(
        refuse("good.tsv", &["--columns", "clicked=clicks"])
            .contains("no column `clicks`: found query, items, clicked")
    );
    assert!(refuse("good.tsv", &["--out", "model.json"]).contains("--click-model"));
    fs::write(dir.join("unplaced.tsv"), "query\titems\tclicked\tpositions\nq\ta b\t0 1\t\n").unwrap();
    assert!(refuse("unplaced.tsv", &[]).contains("no positions"));
    fs::write(dir.join("unclicked.tsv"), "query\titems\tclicked\n".to_owned() + &"q\ta b\t0 0\n".repeat(8)).unwrap();
    assert!(refuse("unclicked.tsv", &[]).contains("no click in"));
    fs::write(dir.join("log.jsonl"), "{}").unwrap();
    assert!(refuse("log.jsonl", &[]).contains("ingested first"));
}

#[test]
fn a_policy_is_evaluated_from_the_log_of_another_and_bad_rows_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    // Three items; the logging policy prefers item 0, which is clicked least.
    let rate = |item: usize| [0.1, 0.3, 0.5][item];
    let log = |shares: [f64; 3], seed: usize| {
        let mut text = String::from("item_id,position,click,propensity_score\n");
        for i in 0..6_000 {
            let at = draw(seed, 2 * i);
            let item = if at < shares[0] { 0 } else { 1 + usize::from(at >= shares[0] + shares[1]) };
            let click = usize::from(draw(seed, 2 * i + 1) < rate(item));
            writeln!(text, "{item},1,{click},{}", shares[item]).unwrap();
        }
        text
    };
    fs::write(dir.join("bandit.csv"), log([0.6, 0.2, 0.2], 1) + "0,1,1,0\n0,none,1,0.5\n").unwrap();
    fs::create_dir(dir.join("random")).unwrap();
    fs::write(dir.join("random/all.csv"), log([1.0 / 3.0; 3], 2)).unwrap();
    let found = json(dir, &["evaluate", "policy", "--data", "bandit.csv", "--beside", "random", "--json"]);
    assert_eq!((&found["n"], &found["n_skipped"]), (&6_000.into(), &2.into()));
    for name in ["ips", "snips", "doubly_robust"] {
        let ci = &found[format!("{name}_ci95")];
        assert!(ci[0].as_f64().unwrap() < 0.3 && 0.3 < ci[1].as_f64().unwrap(), "{name}: {found}");
    }
    assert!(found["logged"].as_f64().unwrap() < 0.25 && (found["beside"].as_f64().unwrap() - 0.3).abs() < 0.02);
    assert!(found["effective_sample_size"].as_f64().unwrap() < 6_000.0);
    let as_bandit = json(dir, &["evaluate", "policy", "--data", "random", "--policy", "bandit.csv", "--json"]);
    assert!((as_bandit["ips"].as_f64().unwrap() - as_bandit["beside"].as_f64().unwrap()).abs() < 0.03, "{as_bandit}");
    assert!(refused(dir, &["evaluate", "policy", "--data", "nowhere"]).contains("all.csv"));
    fs::write(dir.join("short.csv"), "item_id,position,click\n1,1,0\n").unwrap();
    assert!(refused(dir, &["evaluate", "policy", "--data", "short.csv"]).contains("no column `propensity_score`"));
}
