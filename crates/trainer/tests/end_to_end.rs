//! From raw files to a bundle, on a synthetic shop.

mod common;

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use common::{refused, succeed, trainer};

const STORE: &str = r#"
name = "invented"
[lists]
kind = "graded"
file = "relevance.csv"
query = "search_term"
title = "product_title"
grade = "relevance"
[train.ranker]
batch_lists = 8
epochs = 6
ema_decay = 0.9
[train.ranker.model]
hidden_dim = 16
session_dim = 8
repr_dim = 4
"#;

/// Sixty queries for a color and a product; the grade is the share of the query in the title.
fn write_shop(dir: &Path) {
    let colours = ["red", "blue", "green", "white", "black", "yellow"];
    let things = ["umbrella", "kettle", "lamp", "chair", "hammer", "teapot", "bucket", "ladder", "mirror", "shelf"];
    let mut rows = String::from("search_term,product_title,relevance\n");
    for colour in colours {
        for (t, thing) in things.iter().enumerate() {
            let other = things[(t + 3) % things.len()];
            for (title, grade) in [
                (format!("{colour} {thing} with handle"), 3.0),
                (format!("{thing} for garden and home"), 2.33),
                (format!("large {colour} {other}"), 1.67),
                (format!("{other} 12 in. steel"), 1.0),
                (format!("set of two {thing}s, {colour}"), 3.0),
            ] {
                writeln!(rows, "{colour} {thing},\"{title}\",{grade}").unwrap();
            }
        }
    }
    fs::write(dir.join("relevance.csv"), rows).unwrap();
    fs::write(dir.join("store.toml"), STORE).unwrap();
}

fn ingested() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_shop(dir.path());
    succeed(dir.path(), &["ingest", "store.toml", "--out", "data"]);
    dir
}

#[test]
fn an_exported_bundle_evaluates_like_its_run() {
    let shop = ingested();
    let dir = shop.path();
    succeed(dir, &["train", "ranker", "--data", "data", "--out", "run", "--seed", "3"]);
    succeed(dir, &["export", "run", "--out", "bundle", "--precision", "f32"]);
    let raw = fs::read_to_string(dir.join("relevance.csv")).unwrap();
    fs::write(dir.join("other.csv"), raw + "brass kettle,red kettle with handle,2\n").unwrap();
    let json = |model| {
        let args = ["evaluate", "ranker", "--model", model, "--data", "other.csv", "--store", "store.toml", "--json"];
        serde_json::from_str::<serde_json::Value>(&succeed(dir, &args)).unwrap()
    };
    let (run, bundle) = (json("run"), json("bundle"));
    assert_eq!(run["ndcg@10"], bundle["ndcg@10"]);
    assert_eq!(run["n"], 61, "data the run has not seen are evaluated whole");
    assert!(run["pairwise_accuracy"].as_f64().unwrap() > 0.9, "{run}");
    assert!(run["rmse"].as_f64().unwrap() < 0.6, "{run}");
    for metric in ["ndcg@10", "rmse", "pairwise_accuracy", "mrr", "map"] {
        let (value, ci) = (run[metric].as_f64().unwrap(), &run[format!("{metric}_ci95")]);
        assert!(ci[0].as_f64().unwrap() <= value && value <= ci[1].as_f64().unwrap(), "{metric}");
    }
    // A bundle has no run.json; a malformed one must not turn training rows into test rows.
    fs::write(dir.join("run/run.json"), "{").unwrap();
    assert!(refused(dir, &["evaluate", "ranker", "--model", "run", "--data", "data"]).contains("run.json"));
}

#[test]
fn a_bundle_without_a_group_and_a_feature_evaluates_like_its_run() {
    let shop = ingested();
    let dir = shop.path();
    let train = ["train", "ranker", "--data", "data", "--device", "cpu", "--epochs", "2", "--out"];
    succeed(dir, &[train.as_slice(), &["run", "--set", "features.exclude=item_quality,bm25"]].concat());
    succeed(dir, &["export", "run", "--out", "bundle", "--precision", "f32"]);
    let raw = fs::read_to_string(dir.join("relevance.csv")).unwrap();
    fs::write(dir.join("other.csv"), raw + "brass kettle,red kettle with handle,2\n").unwrap();
    let json = |model| {
        let args = ["evaluate", "ranker", "--data", "other.csv", "--store", "store.toml", "--ablate", "--json"];
        serde_json::from_str::<serde_json::Value>(&succeed(dir, &[args.as_slice(), &["--model", model]].concat()))
            .unwrap()
    };
    assert_eq!(json("run")["ablation"], json("bundle")["ablation"]);
    assert_eq!(json("run")["rmse"], json("bundle")["rmse"]);
    succeed(dir, &[train.as_slice(), &["other", "--set", "features.exclude=query_match"]].concat());
    let error = refused(dir, &[train.as_slice(), &["third", "--set", "features.exclude=bm26"]].concat());
    assert!(error.contains("bm26"), "{error}");
}

#[test]
fn a_report_is_one_file_with_the_metrics() {
    let shop = ingested();
    let dir = shop.path();
    succeed(dir, &["train", "ranker", "--data", "data", "--out", "run", "--epochs", "2", "--device", "cpu"]);
    succeed(dir, &["export", "run", "--out", "bundle"]);
    for (model, curves) in [("run", true), ("bundle", false)] {
        succeed(dir, &["report", model, "--out", "report.html"]);
        let page = fs::read_to_string(dir.join("report.html")).unwrap();
        assert!(page.contains("pairwise_accuracy") && page.contains("ranker.safetensors"), "{model}");
        assert_eq!(page.contains("<svg"), curves, "{model}: learning curves are the run's");
        assert!(!page.contains("src=") && !page.contains("href="), "{model}: nothing is fetched");
    }
    assert!(refused(dir, &["report", "data", "--out", "report.html"]).contains("manifest.json"));
}

#[test]
fn training_falls_back_to_the_cpu_without_a_gpu_driver() {
    let shop = ingested();
    for device in ["cpu", "auto"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trainer"));
        command.args(["train", "ranker", "--data", "data", "--out", device, "--device", device, "--epochs", "2"]);
        for drivers in ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "LIBGL_DRIVERS_PATH"] {
            command.env(drivers, "nowhere");
        }
        let output = command.current_dir(shop.path()).env_remove("BURN_DEVICE").output().unwrap();
        assert!(output.status.success(), "{device}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_gpu_trains_and_evaluates_like_the_cpu() {
    let shop = ingested();
    let dir = shop.path();
    let train = ["train", "ranker", "--data", "data", "--out", "gpu", "--device", "gpu", "--epochs", "3"];
    let output = trainer(dir, &train);
    let refusal = String::from_utf8_lossy(&output.stderr).into_owned();
    if refusal.contains("no GPU found") {
        windowshop_test_support::skip(refusal);
        return;
    }
    assert!(output.status.success(), "{refusal}");
    let json = |device| {
        let args = ["evaluate", "ranker", "--model", "gpu", "--data", "relevance.csv", "--device", device, "--json"];
        serde_json::from_str::<serde_json::Value>(&succeed(dir, &args)).unwrap()
    };
    let (gpu, cpu) = (json("gpu"), json("cpu"));
    for metric in ["rmse", "pairwise_accuracy", "ndcg@10"] {
        let (a, b) = (gpu[metric].as_f64().unwrap(), cpu[metric].as_f64().unwrap());
        assert!((a - b).abs() < 1e-3, "{metric}: {a} on the GPU, {b} on the CPU");
    }
    assert!(gpu["rmse"].as_f64().unwrap() < 0.8, "{gpu}");
}

#[test]
fn a_killed_run_resumes_to_bit_equal_weights() {
    let shop = ingested();
    let dir = shop.path();
    let train = |out: &'static str| {
        ["train", "ranker", "--data", "data", "--out", out, "--epochs", "40", "--set", "patience=40"]
    };
    succeed(dir, &train("whole"));
    let mut child = Command::new(env!("CARGO_BIN_EXE_trainer"))
        .args(train("killed"))
        .current_dir(dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !dir.join("killed/checkpoint/position.json").exists() && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!dir.join("killed/bundle").exists(), "the run was killed before it finished");
    let resumed: Vec<&str> = train("killed").into_iter().chain(["--resume"]).collect();
    succeed(dir, &resumed);
    let weights = |run: &str| fs::read(dir.join(run).join("bundle/ranker.safetensors")).unwrap();
    assert!(weights("whole") == weights("killed"), "resumed weights differ");
}

#[test]
fn bad_input_is_an_error_that_names_the_culprit() {
    let shop = ingested();
    let dir = shop.path();
    let train = ["train", "ranker", "--data", "data", "--out", "run"];
    let with = |more: &[&'static str]| train.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    assert!(refused(dir, &with(&["--set", "epocs=3"])).contains("epocs"));
    assert!(refused(dir, &with(&["--set", "features.exclude=colour"])).contains("colour"));
    assert!(refused(dir, &["train", "ranker", "--data", "nowhere", "--out", "run"]).contains("nowhere"));
    assert!(refused(dir, &["evaluate", "ranker", "--model", "data", "--data", "data"]).contains("manifest.json"));
    fs::write(dir.join("store.toml"), STORE.replace("search_term", "serch_term")).unwrap();
    assert!(refused(dir, &["validate", "store.toml"]).contains("serch_term"));
    fs::write(dir.join("store.toml"), STORE.to_owned() + "[clean]\nbots_per_hour = 3\n").unwrap();
    assert!(refused(dir, &["validate", "store.toml"]).contains("bots_per_hour"));
}

#[test]
fn a_dry_run_writes_nothing() {
    let shop = ingested();
    let text = succeed(shop.path(), &["train", "ranker", "--data", "data", "--out", "run", "--dry-run"]);
    assert!(text.contains("parameters") && text.contains("time"), "{text}");
    assert!(!shop.path().join("run").exists());
}
