//! `train sentiment`: a file of reviews to a sentiment network below a megabyte.

mod common;

use std::{fmt::Write as _, fs, path::Path};

use common::{refused, succeed, weights};

const STORE: &str = r#"
name = "invented"
[reviews]
file = "reviews.csv"
text = ["headline", "body"]
rating = "stars"
category = "shelf"
[train.sentiment]
epochs = 12
batch = 16
vocabulary = 400
min_reviews = 2
learning_rate = 1e-2
ema_decay = 0.9
[train.sentiment.model]
embedding_dim = 4
hidden_dim = 8
"#;

/// Three hundred reviews in two languages; their words depend on the stars.
fn write_reviews(dir: &Path) {
    let things = ["mug", "hat", "lamp", "bag", "book", "pen", "shoe", "chair", "茶壶", "雨伞"];
    let mut rows = String::from("headline,body,stars,shelf\n");
    for i in 0..300 {
        let (thing, shelf) = (things[i % 10], ["kitchen", "garden"][i / 10 % 2]);
        let (headline, body, stars) = match i % 3 {
            0 => ("Broken", format!("The {thing} number {i} arrived broken, 太差了"), 1 + i % 2),
            1 => ("As expected", format!("The {thing} number {i} does what it says, 一般"), 3),
            _ => ("Love it", format!("The {thing} number {i} is lovely, 非常好"), 4 + i % 2),
        };
        writeln!(rows, "{headline},\"{body}\",{stars},{shelf}").unwrap();
    }
    fs::write(dir.join("reviews.csv"), rows).unwrap();
    fs::write(dir.join("store.toml"), STORE).unwrap();
}

fn ingested() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_reviews(dir.path());
    succeed(dir.path(), &["ingest", "store.toml", "--out", "data"]);
    dir
}

fn evaluation(dir: &Path, more: &[&str]) -> serde_json::Value {
    let args = ["evaluate", "sentiment", "--store", "store.toml", "--json"];
    serde_json::from_str(&succeed(dir, &args.iter().chain(more).copied().collect::<Vec<_>>())).unwrap()
}

#[test]
fn a_network_learns_sentiment_and_int8_predicts_as_f32() {
    let shop = ingested();
    let dir = shop.path();
    succeed(dir, &["train", "sentiment", "--data", "data", "--out", "run", "--device", "cpu"]);
    let tested = evaluation(dir, &["--model", "run", "--data", "data"]);
    assert_eq!(tested["split"], "test");
    assert_eq!(tested["classes"], serde_json::json!(["negative", "neutral", "positive"]));
    assert!(tested["macro_f1"].as_f64().unwrap() > 0.95, "{tested}");
    succeed(dir, &["export", "run", "--out", "small"]);
    let raw =
        fs::read_to_string(dir.join("reviews.csv")).unwrap() + "Love it,\"The spoon is lovely, 非常好\",5,kitchen\n";
    fs::write(dir.join("other.csv"), raw).unwrap();
    let raw = ["--data", "other.csv"];
    let large = evaluation(dir, &[&["--model", "run"], raw.as_slice()].concat());
    let small = evaluation(dir, &[&["--model", "small"], raw.as_slice()].concat());
    assert_eq!(large["n"], 301, "data the run has not seen are evaluated whole");
    assert!((large["accuracy"].as_f64().unwrap() - small["accuracy"].as_f64().unwrap()).abs() < 0.02);
    assert!(small["model_bytes"].as_u64().unwrap() < large["model_bytes"].as_u64().unwrap());
}

#[test]
fn training_reviews_are_augmented_by_a_policy_and_limited_per_class() {
    let shop = ingested();
    let dir = shop.path();
    let train = |out: &'static str, sets: &[&'static str]| {
        let args = ["train", "sentiment", "--data", "data", "--device", "cpu", "--epochs", "2", "--out", out];
        let sets = sets.iter().flat_map(|set| ["--set", *set]);
        args.into_iter().chain(sets).collect::<Vec<_>>()
    };
    let of = |run: &str| weights(&dir.join(run), "sentiment");
    succeed(dir, &train("plain", &[]));
    fs::write(dir.join("none.json"), r#"{"transforms": [{"operator": "word_drop", "strength": 0}]}"#).unwrap();
    succeed(dir, &train("identity", &["augment=none.json"]));
    assert!(
        !of("plain").is_empty() && of("plain") == of("identity"),
        "strength 0 trains the same network, bit for bit"
    );
    for out in ["noisy", "again"] {
        succeed(dir, &train(out, &["augment=reviews", "samples_per_class=30"]));
    }
    assert!(of("noisy") == of("again"), "the seed decides what is changed");
    let log = fs::read_to_string(dir.join("noisy/log.jsonl")).unwrap();
    assert!(log.lines().next().unwrap().contains("\"train\":90,"), "{log}");
    let error = refused(dir, &train("third", &["augment=review"]));
    assert!(error.contains("review: found neither") && error.contains("reviews, queries"), "{error}");
}

#[test]
fn a_held_out_category_is_the_test_split() {
    let shop = ingested();
    let dir = shop.path();
    let train = ["train", "sentiment", "--data", "data", "--out", "run", "--device", "cpu", "--epochs", "2"];
    let holdout = ["--set", "holdout_category=garden"];
    succeed(dir, &train.iter().chain(&holdout).copied().collect::<Vec<_>>());
    assert_eq!(evaluation(dir, &["--model", "run", "--data", "data"])["n"], 150);
}

#[test]
fn bad_input_is_an_error_that_names_the_culprit() {
    let shop = ingested();
    let dir = shop.path();
    let train = ["train", "sentiment", "--data", "data", "--out", "run", "--device", "cpu"];
    let with = |more: &[&'static str]| train.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    assert!(refused(dir, &with(&["--set", "model.network=gru"])).contains("gru"));
    assert!(refused(dir, &with(&["--set", "model.window=0"])).contains("window 0"));
    assert!(refused(dir, &with(&["--set", "model.dropout=1.5"])).contains("dropout 1.5"));
    assert!(refused(dir, &with(&["--set", "holdout_category=cars"])).contains("cars"));
    assert!(refused(dir, &["train", "ranker", "--data", "data", "--out", "run"]).contains("no lists"));
    assert!(refused(dir, &["evaluate", "sentiment", "--model", "data", "--data", "data"]).contains("manifest.json"));
    fs::write(dir.join("reviews.csv"), "headline,body,stars,shelf\nA,b,5,c\nD,e,4,f\n").unwrap();
    succeed(dir, &["ingest", "store.toml", "--out", "happy"]);
    let happy = ["train", "sentiment", "--data", "happy", "--out", "run"];
    assert!(refused(dir, &happy).contains("all 2 reviews are positive"));
    fs::write(dir.join("reviews.csv"), "headline,body,stars,shelf\nA,b,6,c\nD,e,many,f\n").unwrap();
    let error = refused(dir, &["ingest", "store.toml", "--out", "none"]);
    assert!(error.contains("2 rows: rating is not a number from 1 to 5"), "{error}");
}
