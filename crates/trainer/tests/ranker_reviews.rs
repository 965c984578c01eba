//! A ranker that reads the reviews of items, in a shop where no other feature is informative.

mod common;

use std::{fmt::Write as _, fs, path::Path};

use common::{refused, succeed};
use serde_json::Value;

const STORE: &str = r#"
name = "invented"
[catalogue]
file = "products.csv"
id = "id"
title = "title"
[lists]
kind = "events"
[events]
file = "events.jsonl"
simulated = true
[reviews]
file = "reviews.csv"
text = ["text"]
rating = "stars"
item = "product"
[privacy]
user_salt = "invented"
[train.ranker]
batch_lists = 16
epochs = 12
learning_rate = 2e-2
loss_mse = 0.0
loss_listnet = 1.0
[train.ranker.model]
hidden_dim = 8
session_dim = 16
repr_dim = 4
[train.sentiment]
epochs = 12
batch = 16
vocabulary = 300
min_reviews = 2
learning_rate = 1e-2
[train.sentiment.model]
embedding_dim = 4
hidden_dim = 8
"#;

const ITEMS: usize = 40;

fn is_good(item: usize) -> bool {
    item.is_multiple_of(4)
}

/// Forty items, every fourth of them good. Visitors click good items at any rank, and reviews tell which are good. The last item
/// has no review, and one review is of an unknown item.
fn write_shop(dir: &Path) {
    let [mut products, mut reviews, mut events] = ["id,title\n", "product,stars,text\n", ""].map(String::from);
    for item in 0..ITEMS {
        writeln!(products, "p{item},thing {item}").unwrap();
        for number in 0..3 {
            let (stars, text) = match is_good(item) {
                true => (4 + number % 2, "it is lovely, 非常好, and I use it every day"),
                false => (1 + number % 2, "it is broken, 太差了, and I threw it away"),
            };
            if item + 1 < ITEMS {
                writeln!(reviews, "p{item},{stars},\"{number} weeks with number {item}: {text}\"").unwrap();
            }
        }
    }
    reviews.push_str("sold-elsewhere,5,\"lovely, but where do I find it?\"\n");
    for list in 0..200 {
        let shown: Vec<usize> = (0..8).map(|place| (list * 7 + place * 11) % ITEMS).collect();
        let items: Vec<String> = shown.iter().map(|item| format!(r#"{{"id":"p{item}"}}"#)).collect();
        let (user, time) = (format!("user-{list}"), format!("2025-09-{:02}T{:02}:00:00Z", 1 + list / 24, list % 24));
        let common = format!(r#""user":"{user}","session":"{user}","fields":[],"timestamp":"{time}""#);
        writeln!(events, r#"{{"event":"ranking","id":"r{list}",{common},"items":[{}]}}"#, items.join(",")).unwrap();
        for item in shown.into_iter().filter(|item| is_good(*item)) {
            writeln!(
                events,
                r#"{{"event":"interaction","id":"c{list}-{item}","type":"click","item":"p{item}","ranking":"r{list}",{common}}}"#
            )
            .unwrap();
        }
    }
    for (name, text) in
        [("products.csv", products), ("reviews.csv", reviews), ("events.jsonl", events), ("store.toml", STORE.into())]
    {
        fs::write(dir.join(name), text).unwrap();
    }
}

fn ingested() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_shop(dir.path());
    let report = succeed(dir.path(), &["ingest", "store.toml", "--out", "data"]);
    assert!(report.contains("1 rows of reviews: unknown item"), "{report}");
    dir
}

fn json(dir: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&succeed(dir, args)).unwrap()
}

const TRAIN: [&str; 6] = ["train", "ranker", "--data", "data", "--device", "cpu"];

#[test]
fn review_sentiment_orders_items_that_differ_in_their_reviews_alone() {
    let shop = ingested();
    let dir = shop.path();
    succeed(dir, &["train", "sentiment", "--data", "data", "--out", "sentiment", "--device", "cpu"]);
    let sets = ["--set", "sentiment=sentiment", "--set", "features.exclude=item_quality,session,shop_order"];
    succeed(dir, &[TRAIN.as_slice(), &["--out", "run"], &sets].concat());
    succeed(dir, &["export", "run", "sentiment", "--out", "bundle", "--precision", "f32"]);
    let manifest: Value = serde_json::from_slice(&fs::read(dir.join("bundle/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["ranker"]["groups"], serde_json::json!(["reviews"]));

    let ablate = ["evaluate", "ranker", "--data", "data", "--ablate"];
    let tested = json(dir, &[ablate.as_slice(), &["--model", "run", "--json"]].concat());
    let reviews = &tested["ablation"]["reviews"];
    assert_eq!(tested["split"], "test");
    assert!(reviews["adds_ci95"][0].as_f64().unwrap() > 0.1, "{tested}");
    let sum = reviews["adds"].as_f64().unwrap() + reviews["ndcg@10_without"].as_f64().unwrap();
    assert!((sum - tested["ndcg@10"].as_f64().unwrap()).abs() < 1e-9, "{tested}");
    let table = succeed(dir, &[ablate.as_slice(), &["--model", "run"]].concat());
    assert!(table.lines().any(|line| line.starts_with("reviews ")), "{table}");

    // The review sentiment is in the bundle: evaluation needs no reviews.
    fs::remove_file(dir.join("reviews.csv")).unwrap();
    for model in ["run", "bundle"] {
        let later =
            ["evaluate", "ranker", "--model", model, "--data", "events.jsonl", "--store", "store.toml", "--json"];
        assert!(json(dir, &later)["ndcg@10"].as_f64().unwrap() > 0.9, "{model}");
    }
}

#[test]
fn a_file_of_reviews_is_evaluated_without_the_rest_of_the_shop() {
    let shop = ingested();
    let dir = shop.path();
    succeed(dir, &["train", "sentiment", "--data", "data", "--out", "sentiment", "--device", "cpu", "--epochs", "3"]);
    fs::create_dir(dir.join("later")).unwrap();
    fs::write(dir.join("later/reviews.csv"), "product,stars,text\np1,5,it is lovely\n,1,it is broken\n").unwrap();
    for data in ["later/reviews.csv", "later"] {
        let judged = json(dir, &["evaluate", "sentiment", "--model", "sentiment", "--data", data, "--json"]);
        assert_eq!(judged["n"], 2, "{data}: {judged}");
    }
}

#[test]
fn a_network_that_cannot_read_the_reviews_is_an_error_that_names_it() {
    let shop = ingested();
    let dir = shop.path();
    let with = |data, set| ["train", "ranker", "--data", data, "--device", "cpu", "--out", "run", "--set", set];
    assert!(refused(dir, &with("data", "sentiment=nowhere")).contains("nowhere"));
    fs::write(dir.join("store.toml"), STORE.replace("item = \"product\"\n", "")).unwrap();
    succeed(dir, &["ingest", "store.toml", "--out", "plain"]);
    let error = refused(dir, &with("plain", "sentiment=sentiment"));
    assert!(error.contains("sentiment = \"sentiment\"") && error.contains("no reviews of items"), "{error}");
    succeed(dir, &with("plain", "epochs=1"));
}
