//! A ranker that reads an image network and an intent network, in shops where no other feature is informative.

mod common;

use std::{fmt::Write as _, fs, path::Path};

use common::{refused, succeed};
use image::{Rgb, RgbImage};
use serde_json::{Value, json};

const STORE: &str = r#"
name = "invented"
[catalogue]
file = "products.csv"
id = "id"
title = "title"
category = "kind"
price = "price"
image = "photo"
[lists]
kind = "events"
[events]
file = "events.jsonl"
simulated = true
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
[train.image]
epochs = 6
batch = 8
ema_decay = 0.8
validation_share = 0.2
[train.image.model]
size = 16
width = 8
embedding_dim = 8
[train.intent]
epochs = 12
batch = 64
bins = 8
learning_rate = 1e-2
ema_decay = 0.9
validation_share = 0.2
test_share = 0.4
[train.intent.model]
hidden_dim = 16
members = 4
"#;

const ITEMS: usize = 48;
const VISITORS: usize = 500;
const START_S: usize = 1_756_700_000;
const TRAIN: [&str; 6] = ["train", "ranker", "--data", "data", "--device", "cpu"];

fn has_stripes(item: usize) -> bool {
    item % 2 == 1
}

/// The price of a product; all differ.
fn price(item: usize) -> usize {
    1 + item * 29 % 53
}

/// Forty-eight items, half of them striped. A visitor clicks one, puts it into the cart or not, and is shown eight. `wanted`
/// decides which of them the visitor clicks, from the first item and the cart. Most visitors with a cart buy.
fn write_shop(dir: &Path, wanted: impl Fn(usize, bool, usize) -> bool) {
    let [mut products, mut events] = ["id,title,kind,price,photo\n", ""].map(String::from);
    fs::create_dir(dir.join("photos")).unwrap();
    for item in 0..ITEMS {
        let kind = if has_stripes(item) { "striped" } else { "plain" };
        writeln!(products, "p{item},thing {item},{kind},{},photos/{item}.webp", price(item)).unwrap();
        let shade = (item * 37 % 120) as u8;
        let photo = RgbImage::from_fn(20, 24, |x, y| match has_stripes(item) && x / 3 % 2 == 0 {
            true => Rgb([250, 250, 250 - shade]),
            false => Rgb([20 + shade, 60, y as u8 * 3]),
        });
        photo.save(dir.join(format!("photos/{item}.webp"))).unwrap();
    }
    for visitor in 0..VISITORS {
        let mut number = 0;
        // Writes down what happened after some seconds, and gives the event's identifier.
        let mut event = |second: usize, rest: &str| {
            number += 1;
            let (id, time) = (format!("{visitor}-{number}"), START_S + visitor * 4_000 + second);
            writeln!(events, r#"{{"id":"{id}","user":"v{visitor}","timestamp":"{time}",{rest}}}"#).unwrap();
            id
        };
        let did = |kind: &str, item: usize| format!(r#""event":"interaction","type":"{kind}","item":"p{item}""#);
        let (liked, has_cart) = (visitor * 11 % ITEMS, visitor % 2 == 0);
        event(0, &did("click", liked));
        if has_cart {
            event(20, &did("cart", liked));
        }
        let shown: Vec<usize> = (0..8).map(|place| (visitor * 7 + place * 11) % ITEMS).collect();
        let items: Vec<String> = shown.iter().map(|item| format!(r#"{{"id":"p{item}"}}"#)).collect();
        let list = event(60, &format!(r#""event":"ranking","fields":[],"items":[{}]"#, items.join(",")));
        for item in shown.into_iter().filter(|item| wanted(liked, has_cart, *item)) {
            event(70, &format!(r#"{},"ranking":"{list}""#, did("click", item)));
        }
        if has_cart && visitor % 10 > 0 {
            event(90, &did("purchase", liked));
        }
    }
    for (name, text) in [("products.csv", products), ("events.jsonl", events), ("store.toml", STORE.into())] {
        fs::write(dir.join(name), text).unwrap();
    }
}

fn json_of(dir: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&succeed(dir, args)).unwrap()
}

fn train(dir: &Path, task: &str, out: &str, more: &[&str]) {
    let args = ["train", task, "--data", "data", "--device", "cpu", "--out", out];
    succeed(dir, &[args.as_slice(), more].concat());
}

fn manifest(dir: &Path, bundle: &str) -> Value {
    serde_json::from_slice(&fs::read(dir.join(bundle).join("manifest.json")).unwrap()).unwrap()
}

#[test]
fn image_embeddings_order_items_that_differ_in_their_photos_alone() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_shop(dir, |liked, _, item| has_stripes(item) == has_stripes(liked));
    fs::remove_file(dir.join("photos/5.webp")).unwrap();
    fs::write(dir.join("photos/6.webp"), "no photo").unwrap();
    let report = succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    for reason in ["the file does not exist", "the file is not a usable image"] {
        assert!(report.contains(&format!("1 rows of catalogue: no photo: {reason}")), "{report}");
    }
    assert!(report.contains("46 item photos"), "{report}");

    train(dir, "image", "sight", &[]);
    let judged = json_of(dir, &["evaluate", "image", "--model", "sight", "--data", "data", "--json"]);
    assert!(judged["accuracy"].as_f64().unwrap() > 0.9, "photos are learned from by category: {judged}");
    let sets = ["--set", "image=sight", "--set", "features.exclude=item_quality,session,shop_order"];
    train(dir, "ranker", "run", &sets);
    let tested = json_of(dir, &["evaluate", "ranker", "--model", "run", "--data", "data", "--ablate", "--json"]);
    assert!(tested["ablation"]["visual"]["adds_ci95"][0].as_f64().unwrap() > 0.1, "{tested}");

    // The embeddings are in the bundle: evaluation needs neither the image network nor a photo.
    fs::remove_dir_all(dir.join("photos")).unwrap();
    fs::remove_dir_all(dir.join("sight")).unwrap();
    succeed(dir, &["export", "run", "--out", "bundle"]);
    assert_eq!(manifest(dir, "bundle")["ranker"]["groups"], json!(["visual"]));
    assert!(manifest(dir, "bundle")["files"].get("image.safetensors").is_none());
    for model in ["run", "bundle"] {
        let later =
            ["evaluate", "ranker", "--model", model, "--data", "events.jsonl", "--store", "store.toml", "--json"];
        assert!(json_of(dir, &later)["ndcg@10"].as_f64().unwrap() > 0.9, "{model}");
    }
}

#[test]
fn purchase_intent_orders_items_that_differ_by_visit_alone() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_shop(dir, |_, has_cart, item| (price(item) > 26) == has_cart);
    succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    train(dir, "intent", "close", &[]);
    let sets = ["--set", "intent=close", "--set", "features.exclude=item_quality,session,shop_order"];
    train(dir, "ranker", "run", &sets);

    // The intent of training visitors is missing: the network was trained on their outcomes.
    let evaluate = ["evaluate", "ranker", "--data", "data", "--json", "--dump", "said.jsonl"];
    let said = |more: &[&str]| -> (Value, Vec<Value>) {
        let tested = json_of(dir, &[evaluate.as_slice(), more].concat());
        let lines = fs::read_to_string(dir.join("said.jsonl")).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        (tested, lines.filter(|line| line.get("visit").is_some()).collect())
    };
    let (tested, heard) = said(&["--model", "run", "--ablate"]);
    let intent = &tested["ablation"]["intent"];
    assert!(intent["adds_ci95"][0].as_f64().unwrap() > 0.05, "{tested}");
    assert_eq!(heard.len(), tested["n"].as_u64().unwrap() as usize, "these visitors are in its test part as well");
    let (learned, some) = said(&["--model", "run", "--split", "train"]);
    let lists = learned["n"].as_u64().unwrap() as usize;
    assert!(some.len() > lists / 4 && some.len() < lists * 2 / 3, "{} of {lists}", some.len());
    let last = |line: &Value| line["visit"]["events"].as_array().unwrap().last().unwrap()["type"] == "cart";
    let purchase = |line: &Value| line["visit"]["purchase"].as_f64().unwrap();
    assert!(heard.iter().any(last) && !heard.iter().all(last));
    let closest = |cart: bool, pick: fn(f64, f64) -> f64, start: f64| {
        heard.iter().filter(|line| last(line) == cart).map(purchase).fold(start, pick)
    };
    let (least, most) = (closest(true, f64::min, 1.0), closest(false, f64::max, 0.0));
    assert!(least > most + 0.05, "with a cart at least {least}, without at most {most}");

    // The bundle of the ranker has the intent network, which reads other visitors.
    succeed(dir, &["export", "run", "close", "--out", "bundle", "--precision", "f32"]);
    assert_eq!(manifest(dir, "bundle")["ranker"]["groups"], json!(["intent"]));
    let (whole, everybody) = said(&["--model", "bundle"]);
    assert_eq!((whole["n"].as_u64().unwrap() as usize, everybody.len()), (VISITORS, VISITORS));
    assert!(whole["ndcg@10"].as_f64().unwrap() > 0.95, "{whole}");

    train(dir, "intent", "other", &["--seed", "2"]);
    let error = refused(dir, &["export", "run", "other", "--out", "mixed"]);
    assert!(error.contains("a second intent network"), "{error}");
    let ranker = |more: &[&str]| refused(dir, &[TRAIN.as_slice(), &["--out", "none"], more].concat());
    let error = ranker(&["--set", "intent=bundle"]);
    assert!(
        error.contains("intent = \"bundle\"") && error.contains("does not record its training visitors"),
        "{error}"
    );
    train(dir, "intent", "plain", &["--set", "model.network=mlp", "--epochs", "1"]);
    assert!(ranker(&["--set", "intent=plain"]).contains("the ensemble only"));
}

#[test]
fn networks_that_a_ranker_cannot_read_are_errors_that_name_them() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_shop(dir, |_, _, item| item % 3 == 0);
    succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    let ranker = |data, set| {
        let args = ["train", "ranker", "--data", data, "--device", "cpu", "--out", "none", "--set", set];
        refused(dir, &args)
    };
    for set in ["image=nowhere", "intent=nowhere"] {
        assert!(ranker("data", set).contains("nowhere"));
    }
    train(dir, "image", "short", &["--epochs", "1", "--set", "model.embedding_dim=24"]);
    assert!(ranker("data", "image=short").contains("an embedding of 24 numbers"));
    train(dir, "image", "sight", &["--epochs", "1"]);
    fs::write(dir.join("store.toml"), STORE.replace("image = \"photo\"\n", "")).unwrap();
    succeed(dir, &["ingest", "store.toml", "--out", "plain"]);
    let error = ranker("plain", "image=sight");
    assert!(error.contains("image = \"sight\"") && error.contains("no photos of items"), "{error}");
    let outside = fs::read_to_string(dir.join("products.csv")).unwrap().replace("photos/", "../");
    fs::write(dir.join("products.csv"), outside).unwrap();
    fs::write(dir.join("store.toml"), STORE).unwrap();
    let report = succeed(dir, &["ingest", "store.toml", "--out", "outside"]);
    assert!(
        report.contains(&format!("{ITEMS} rows of catalogue: no photo: its path leaves the data folder")),
        "{report}"
    );
}
