//! `train sequence`: a file of sessions to a next-item network.

mod common;

use std::{fmt::Write as _, fs, path::Path};

use common::{refused, succeed};
use serde_json::Value;

const STORE: &str = r#"
name = "invented"
[histories]
file = "sessions.txt"
test_file = "test.tsv"
header = false
items = "column_1"
target = "column_2"
[train.sequence]
epochs = 6
batch = 64
negatives = 64
learning_rate = 1e-2
[train.sequence.model]
embedding_dim = 16
max_items = 6
"#;

/// A session that walks around one of eight rings of twelve items, one or two steps at a time.
fn walk(i: usize) -> Vec<String> {
    let (ring, start) = (i % 8, i * 7 / 8 % 12);
    (0..3 + i % 4).map(|step| format!("r{ring}-{}", (start + step * (1 + i % 2)) % 12)).collect()
}

/// Six hundred training sessions, and the steps of sixty test sessions, the longest first; the last one ends at an unknown item.
fn write_sessions(dir: &Path) {
    let mut sessions = String::new();
    (0..600).for_each(|i| writeln!(sessions, "{}", walk(i).join(" ")).unwrap());
    let mut test = String::new();
    for i in 600..660 {
        let items = walk(i);
        for end in (1..items.len()).rev() {
            writeln!(test, "{}\t{}", items[..end].join(" "), items[end]).unwrap();
        }
    }
    writeln!(test, "r1-1 nobody\tnever").unwrap();
    fs::write(dir.join("sessions.txt"), sessions).unwrap();
    fs::write(dir.join("test.tsv"), test).unwrap();
    fs::write(dir.join("store.toml"), STORE).unwrap();
}

fn ingested() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_sessions(dir.path());
    succeed(dir.path(), &["ingest", "store.toml", "--out", "data"]);
    dir
}

fn train(network: &str, out: &str) -> Vec<String> {
    let set = format!("model.network={network}");
    ["train", "sequence", "--data", "data", "--out", out, "--device", "cpu", "--set", &set].map(str::to_owned).into()
}

fn evaluation(dir: &Path, more: &[&str]) -> Value {
    let args = ["evaluate", "sequence", "--json"];
    serde_json::from_str(&succeed(dir, &args.iter().chain(more).copied().collect::<Vec<_>>())).unwrap()
}

fn as_args(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

#[test]
fn all_networks_learn_and_are_on_the_leaderboard() {
    let shop = ingested();
    let dir = shop.path();
    for network in ["attention", "gru", "graph"] {
        succeed(dir, &as_args(&train(network, network)));
    }
    let board = evaluation(
        dir,
        &["--model", "attention", "--data", "data", "--leaderboard", "--beside", "gru", "--beside", "graph"],
    );
    assert!(board["mrr@20"].as_f64().unwrap() > 0.5, "{board}");
    assert_eq!(board["n_never_seen"], 1);
    let rows = board["leaderboard"].as_array().unwrap();
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    for name in ["attention", "gru", "graph", "session-knn", "sequential rules"] {
        assert!(row(name)["mrr@20"].as_f64().unwrap() > row("popularity")["mrr@20"].as_f64().unwrap(), "{name}");
    }
    assert!(row("popularity")["network_ahead"]["mrr@20_ci95"][0].as_f64().unwrap() > 0.0);
    assert_eq!(row("attention")["network_ahead"]["mrr@20"], 0.0);
}

#[test]
fn a_test_file_is_evaluated_alone_and_int8_ranks_as_f32() {
    let shop = ingested();
    let dir = shop.path();
    succeed(dir, &as_args(&train("attention", "run")));
    succeed(dir, &["export", "run", "--out", "small"]);
    let rows = fs::read_to_string(dir.join("test.tsv")).unwrap().lines().count();
    let held_out = evaluation(dir, &["--model", "run", "--data", "data"]);
    let raw = evaluation(dir, &["--model", "run", "--data", "test.tsv"]);
    let small = evaluation(dir, &["--model", "small", "--store", "store.toml", "--data", "test.tsv"]);
    assert_eq!(raw["n"], rows);
    assert_eq!((&raw["p@20"], &raw["mrr@20_ci95"]), (&held_out["p@20"], &held_out["mrr@20_ci95"]));
    assert!((raw["mrr@20"].as_f64().unwrap() - small["mrr@20"].as_f64().unwrap()).abs() < 0.02, "{raw} and {small}");
    assert!(small["model_bytes"].as_u64().unwrap() < raw["model_bytes"].as_u64().unwrap());
}

#[test]
fn held_out_sessions_do_not_change_the_training() {
    let shop = ingested();
    let dir = shop.path();
    let mut args = train("attention", "run");
    args.extend(["--epochs".into(), "1".into()]);
    succeed(dir, &as_args(&args));
    let other = dir.join("other");
    fs::create_dir(&other).unwrap();
    write_sessions(&other);
    fs::write(other.join("test.tsv"), "r1-1\tr2-2\nr1-2\tr2-2\nr1-3\tr2-2\n").unwrap();
    succeed(&other, &["ingest", "store.toml", "--out", "data"]);
    succeed(&other, &as_args(&args));
    let judged = |place: &Path| {
        let run = place.join("run").display().to_string();
        let found = evaluation(dir, &["--model", &run, "--store", "store.toml", "--data", "test.tsv"]);
        // Its card has the figures of the test file.
        ["p@20", "mrr@20", "ndcg@10", "n"].map(|metric| found[metric].clone())
    };
    assert_eq!(judged(dir), judged(&other));
}

#[test]
fn bad_input_is_an_error_that_names_the_culprit() {
    let shop = ingested();
    let dir = shop.path();
    let with = |setting: &str| {
        let mut args = train("attention", "run");
        args.extend(["--set".into(), setting.into()]);
        args
    };
    for (setting, culprit) in [
        ("model.network=lstm", "lstm"),
        ("model.max_items=0", "max_items 0"),
        ("model.dropout=1.0", "dropout 1"),
        ("neighbours.per_item=0", "per_item 0"),
        ("neighbours.half_life=-1.0", "half_life -1"),
        ("refit_share=2.0", "refit_share 2"),
    ] {
        let error = refused(dir, &as_args(&with(setting)));
        assert!(error.contains(culprit), "{setting}: {error}");
    }
    assert!(refused(dir, &["evaluate", "sequence", "--model", "data", "--data", "data"]).contains("manifest.json"));
    fs::write(dir.join("sessions.txt"), "a\nb\n").unwrap();
    succeed(dir, &["ingest", "store.toml", "--out", "short"]);
    let mut short = train("attention", "run");
    short[3] = "short".into();
    let error = refused(dir, &as_args(&short));
    assert!(error.contains("2 histories, none of two items"), "{error}");
}
