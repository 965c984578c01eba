//! `train intent` on visits of an event log.

mod common;

use std::{fmt::Write as _, fs, path::Path};

use common::{refused, succeed};
use serde_json::{Value, json};

const STORE: &str = r#"
name = "invented"
[events]
file = "events.jsonl"
simulated = true
[privacy]
user_salt = "invented"
[train.intent]
epochs = 12
batch = 64
bins = 8
learning_rate = 1e-2
ema_decay = 0.9
[train.intent.model]
hidden_dim = 16
members = 4
"#;
const TABLE: &str = "[table]\nfile = \"visits.csv\"\nlabel = \"bought\"\n";
const START_S: usize = 1_714_521_600;

/// Four hundred visitors with two visits, a day apart: a visitor with a cheap item in the cart buys, four times out of five.
fn write_events(dir: &Path) {
    let mut log = String::new();
    for item in 0..20 {
        writeln!(
            log,
            r#"{{"event":"item","id":"i{item}","timestamp":"{START_S}","item":"i{item}","fields":[{{"name":"price","value":{}}},{{"name":"category","value":"c{}"}}]}}"#,
            1 + item,
            item % 3
        )
        .unwrap();
    }
    let mut count = 0;
    let mut add = |visitor: usize, second: usize, kind: &str, item: usize| {
        count += 1;
        let time = START_S + second;
        writeln!(
            log,
            r#"{{"event":"interaction","id":"e{count}","timestamp":"{time}","type":"{kind}","item":"i{item}","user":"v{visitor}"}}"#
        )
        .unwrap();
    };
    for visitor in 0..400 {
        for visit in 0..2 {
            let mix = visitor * 31 + visit * 17;
            let start = visitor * 7_000 + visit * 90_000;
            let clicks = 1 + mix % 5;
            (0..clicks).for_each(|i| add(visitor, start + i * 40, "click", (mix + i * 7) % 20));
            if mix % 2 == 0 {
                let item = mix / 2 % 20;
                add(visitor, start + clicks * 40, "cart", item);
                if item < 12 && mix / 4 % 5 > 0 {
                    add(visitor, start + clicks * 40 + 60, "purchase", item);
                }
            }
        }
    }
    fs::write(dir.join("events.jsonl"), log).unwrap();
    fs::write(dir.join("store.toml"), STORE).unwrap();
}

fn ingested() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_events(dir.path());
    succeed(dir.path(), &["ingest", "store.toml", "--out", "data"]);
    dir
}

fn trained(dir: &Path, run: &str, more: &[&str]) {
    let args = ["train", "intent", "--data", "data", "--out", run, "--device", "cpu"];
    succeed(dir, &args.iter().chain(more).copied().collect::<Vec<_>>());
}

fn evaluation(dir: &Path, more: &[&str]) -> Value {
    let args = ["evaluate", "intent", "--json"];
    serde_json::from_str(&succeed(dir, &args.iter().chain(more).copied().collect::<Vec<_>>())).unwrap()
}

fn lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_network_learns_purchase_intent_from_a_log_and_int8_predicts_as_f32() {
    let shop = ingested();
    let dir = shop.path();
    trained(dir, "run", &[]);
    let tested = evaluation(dir, &["--model", "run", "--data", "data", "--dump", "said.jsonl"]);
    assert_eq!((&tested["split"], &tested["classes"]), (&json!("test"), &json!(["no purchase", "purchase"])));
    assert!(tested["auc"].as_f64().unwrap() > 0.8, "{tested}");
    succeed(dir, &["export", "run", "--out", "small"]);
    let small = evaluation(dir, &["--model", "small", "--data", "data", "--dump", "small.jsonl"]);
    assert!(small["n"].as_u64() > tested["n"].as_u64(), "a bundle knows of no parts: {small}");
    assert!(small["model_bytes"].as_u64() < tested["model_bytes"].as_u64());
    let raw = evaluation(dir, &["--model", "small", "--data", "events.jsonl", "--store", "store.toml"]);
    assert_eq!((&raw["n"], &raw["log_loss"]), (&small["n"], &small["log_loss"]), "the log itself gives the same rows");
    let of_small = lines(&dir.join("small.jsonl"));
    for large in lines(&dir.join("said.jsonl")) {
        let small = of_small.iter().find(|line| line["events"] == large["events"]).unwrap();
        let bought = |line: &Value| line["probabilities"]["purchase"].as_f64().unwrap();
        assert!((bought(small) - bought(&large)).abs() < 0.02, "{small} {large}");
    }
    let said = lines(&dir.join("said.jsonl"));
    assert_eq!(said.len(), tested["n"].as_u64().unwrap() as usize);
    let carted = said.iter().find(|line| line["cells"]["events_since_cart"] == 0.0).unwrap();
    let last = carted["events"].as_array().unwrap().last().unwrap();
    assert_eq!(last["type"], "cart");
    assert!(last["timestampMs"].as_u64().unwrap() > 1_714_521_600_000 && last["itemId"].is_string(), "{last}");
}

#[test]
fn rows_of_one_visitor_stay_in_one_split() {
    let shop = ingested();
    let dir = shop.path();
    trained(dir, "run", &["--epochs", "1"]);
    let first = |split: &str| {
        evaluation(dir, &["--model", "run", "--data", "data", "--split", split, "--dump", "said.jsonl"]);
        // A visitor's first event is of a time of its own.
        let of = |line: &Value| line["events"][0]["timestampMs"].as_u64().unwrap();
        lines(&dir.join("said.jsonl")).iter().map(of).collect::<std::collections::BTreeSet<_>>()
    };
    let [train, validation, test] = ["train", "validation", "test"].map(first);
    assert!(train.is_disjoint(&validation) && train.is_disjoint(&test) && validation.is_disjoint(&test));
    assert_eq!(train.len() + validation.len() + test.len(), 400);
}

#[test]
fn a_shop_with_a_table_and_a_log_learns_from_the_table_by_default() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    write_events(dir);
    let rows: String = (0..300).map(|i| format!("{},{}\n", i * 7 % 100, i * 7 % 100 > 40)).collect();
    fs::write(dir.join("visits.csv"), format!("seconds,bought\n{rows}")).unwrap();
    fs::write(dir.join("store.toml"), STORE.replace("[privacy]", &format!("{TABLE}[privacy]"))).unwrap();
    succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    let classes = |run: &str, more: &[&str]| {
        trained(dir, run, &[&["--epochs", "1"], more].concat());
        evaluation(dir, &["--model", run, "--data", "data"])["classes"].clone()
    };
    assert_eq!(classes("auto", &[]), json!(["false", "true"]));
    assert_eq!(classes("table", &["--set", "rows=table"]), json!(["false", "true"]));
    assert_eq!(classes("visits", &["--set", "rows=visits"]), json!(["no purchase", "purchase"]));
    let size = |run: &str| evaluation(dir, &["--model", run, "--data", "data"])["model_bytes"].as_u64().unwrap();
    classes("bare", &["--set", "rows=visits", "--set", "item_index=false"]);
    assert!(size("bare") < size("visits"), "the items travel with the network unless told otherwise");
}

#[test]
fn missing_data_are_errors_that_name_them() {
    let shop = ingested();
    let dir = shop.path();
    let train = |data: &str, more: &[&str]| {
        let args = ["train", "intent", "--data", data, "--out", "run", "--device", "cpu"];
        refused(dir, &args.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let missing = train("data", &["--set", "rows=table"]);
    assert!(missing.contains("no labelled rows") && missing.contains("[table]"), "{missing}");
    assert!(train("data", &["--set", "rows=forests"]).contains("forests"));
    assert!(train("data", &["--set", "features.exclude=pages"]).contains("expected some of clicks, carts"));
    let log = fs::read_to_string(dir.join("events.jsonl")).unwrap();
    let nobody: String =
        log.lines().filter(|line| !line.contains("purchase")).map(|line| format!("{line}\n")).collect();
    fs::write(dir.join("events.jsonl"), nobody).unwrap();
    succeed(dir, &["ingest", "store.toml", "--out", "idle"]);
    let idle = train("idle", &[]);
    assert!(idle.contains("no row of class \"purchase\""), "{idle}");
    fs::write(dir.join("visits.csv"), "seconds,bought\n1,true\n2,false\n").unwrap();
    fs::write(dir.join("store.toml"), format!("name = \"rows\"\n{TABLE}")).unwrap();
    succeed(dir, &["ingest", "store.toml", "--out", "rows"]);
    let rows = train("rows", &["--set", "rows=visits"]);
    assert!(rows.contains("no events in this dataset") && rows.contains("[events]"), "{rows}");
}
