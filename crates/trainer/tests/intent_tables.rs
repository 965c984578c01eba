//! `train intent` and `train tabular` on a file of labelled rows.

mod common;

use std::{fmt::Write as _, fs, path::Path};

use common::{refused, succeed};
use serde_json::{Value, json};

const STORE: &str = r#"
name = "invented"
[table]
file = "visits.csv"
label = "bought"
[train.intent]
epochs = 15
batch = 32
bins = 8
learning_rate = 1e-2
ema_decay = 0.9
[train.intent.model]
hidden_dim = 16
members = 4
"#;

/// Six hundred visits: long visits by day end in a purchase, some of which are cancelled.
fn write_visits(dir: &Path, classes: usize) {
    let mut rows = String::from("seconds,browser,shop,bought\n");
    for i in 0..600 {
        let (seconds, browser) = (i * 37 % 200, ["fox", "owl", "elk"][i % 3]);
        let buys = seconds > 90 && browser != "owl";
        let label = match (classes, buys) {
            (1, _) => "FALSE",
            (2, true) => "TRUE",
            (2, false) => "FALSE",
            (_, true) if seconds > 170 => "cancelled",
            (_, true) => "bought",
            (_, false) => "nothing",
        };
        let seconds = if i % 50 == 7 { String::new() } else { seconds.to_string() };
        writeln!(rows, "{seconds},{browser},main,{label}").unwrap();
    }
    fs::write(dir.join("visits.csv"), rows).unwrap();
    fs::write(dir.join("store.toml"), STORE).unwrap();
}

fn ingested(classes: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write_visits(dir.path(), classes);
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

#[test]
fn a_network_learns_the_class_of_rows_and_int8_predicts_as_f32() {
    let shop = ingested(2);
    let dir = shop.path();
    trained(dir, "run", &[]);
    let tested = evaluation(dir, &["--model", "run", "--data", "data"]);
    assert_eq!((&tested["split"], &tested["classes"]), (&json!("test"), &json!(["false", "true"])));
    assert!(tested["auc"].as_f64().unwrap() > 0.95, "{tested}");
    for metric in ["auc", "auprc", "accuracy", "precision", "recall", "f1", "macro_f1", "log_loss", "ece"] {
        let (value, ci) = (tested[metric].as_f64().unwrap(), &tested[format!("{metric}_ci95")]);
        assert!(ci[0].as_f64().unwrap() <= value + 1e-9 || metric == "ece", "{metric}: {tested}");
    }
    succeed(dir, &["export", "run", "--out", "small"]);
    let raw = "seconds,browser,shop,bought\n150,fox,main,true\n150,crow,main,1\n,owl,other,false\n20,elk,,false\n";
    fs::write(dir.join("other.csv"), raw).unwrap();
    let large = evaluation(dir, &["--model", "run", "--data", "other.csv"]);
    let small = evaluation(dir, &["--model", "small", "--data", "other.csv", "--store", "store.toml"]);
    assert_eq!(
        (&large["n"], &large["n_skipped"]),
        (&json!(3), &json!(1)),
        "a class that was not trained on is counted"
    );
    assert!((large["log_loss"].as_f64().unwrap() - small["log_loss"].as_f64().unwrap()).abs() < 0.02);
    assert!(small["model_bytes"].as_u64().unwrap() < large["model_bytes"].as_u64().unwrap());
    let dump = ["--model", "run", "--data", "other.csv", "--dump", "said.jsonl", "--rows", "rows.safetensors"];
    evaluation(dir, &dump);
    let said: Value =
        serde_json::from_str(fs::read_to_string(dir.join("said.jsonl")).unwrap().lines().next().unwrap()).unwrap();
    assert_eq!((&said["cells"]["browser"], &said["named"]), (&json!("fox"), &json!("true")));
    assert!(fs::metadata(dir.join("rows.safetensors")).unwrap().len() > 100);
}

#[test]
fn three_classes_and_the_baseline_network_are_learned() {
    let shop = ingested(3);
    let dir = shop.path();
    for network in ["ensemble", "mlp"] {
        trained(dir, network, &["--set", &format!("model.network={network}"), "--epochs", "30"]);
        let tested = evaluation(dir, &["--model", network, "--data", "data"]);
        assert_eq!(tested["confusion"].as_array().unwrap().len(), 3);
        assert!(tested["macro_f1"].as_f64().unwrap() > 0.8, "{network}: {tested}");
    }
}

#[test]
fn an_excluded_column_is_not_needed_for_evaluation() {
    let shop = ingested(2);
    let dir = shop.path();
    trained(dir, "run", &["--set", "features.exclude=seconds", "--epochs", "2"]);
    assert!(evaluation(dir, &["--model", "run", "--data", "data"])["auc"].as_f64().unwrap() < 0.9);
}

#[test]
fn orders_are_split_by_time_and_the_last_window_is_the_test_split() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut rows = String::from("order,customer,item,time,quantity,price\n");
    for day in 0..120 {
        for customer in 0..30 {
            // Some customers take their item every week, others took it once; a few send it back.
            let weekly = customer % 3 > 0 && (day + customer) % 7 == 0;
            if weekly || day == customer {
                let (month, date) = (1 + day / 28, 1 + day % 28);
                writeln!(rows, "{day}-{customer},c{customer},i{},2024-0{month}-{date:02} 10:00:00,1,2", customer % 4)
                    .unwrap();
                if customer % 6 == 5 && weekly {
                    writeln!(
                        rows,
                        "C{day}-{customer},c{customer},i{},2024-0{month}-{date:02} 11:00:00,-1,2",
                        customer % 4
                    )
                    .unwrap();
                }
            }
        }
    }
    fs::write(dir.join("orders.csv"), rows).unwrap();
    let columns = "order = \"order\"\ncustomer = \"customer\"\nitem = \"item\"\ntime = \"time\"\nquantity = \"quantity\"\nprice = \"price\"\n";
    let store = format!(
        "name = \"orders\"\n[transactions]\nfile = \"orders.csv\"\n{columns}cancel_prefix = \"C\"\nwindow_days = 14\ncuts = 5\n"
    );
    fs::write(dir.join("store.toml"), store).unwrap();
    succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    trained(dir, "run", &["--epochs", "60", "--set", "patience=60", "--set", "learning_rate=1e-2"]);
    let tested = evaluation(dir, &["--model", "run", "--data", "data"]);
    assert_eq!((&tested["n"], &tested["classes"]), (&json!(30), &json!(["bought", "cancelled", "not bought"])));
    assert!(tested["macro_f1"].as_f64().unwrap() > 0.8, "{tested}");
    let every = evaluation(dir, &["--model", "run", "--data", "orders.csv"]);
    assert_eq!(every["split"], "test", "the same rows are the run's own data");
}

#[test]
fn bad_input_is_an_error_that_names_the_culprit() {
    let shop = ingested(2);
    let dir = shop.path();
    let train = ["train", "intent", "--data", "data", "--out", "run", "--device", "cpu"];
    let with = |more: &[&'static str]| train.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    assert!(refused(dir, &with(&["--set", "model.network=forest"])).contains("forest"));
    assert!(refused(dir, &with(&["--set", "model.members=0"])).contains("members 0"));
    assert!(refused(dir, &with(&["--set", "model.dropout=1.5"])).contains("dropout 1.5"));
    assert!(refused(dir, &with(&["--set", "features.exclude=PageValues"])).contains("PageValues"));
    assert!(
        refused(dir, &with(&["--set", "features.exclude=\"seconds,browser\""])).contains("every column is the same")
    );
    assert!(refused(dir, &["evaluate", "intent", "--model", "data", "--data", "data"]).contains("manifest.json"));
    write_visits(dir, 1);
    succeed(dir, &["ingest", "store.toml", "--out", "one"]);
    let one = refused(dir, &["train", "intent", "--data", "one", "--out", "run"]);
    assert!(one.contains("all 600 rows are of class \"false\""), "{one}");
    let classes = STORE.replace("label = \"bought\"", "label = \"bought\"\nclasses = [\"false\", \"true\"]");
    fs::write(dir.join("store.toml"), classes).unwrap();
    succeed(dir, &["ingest", "store.toml", "--out", "empty"]);
    let empty = refused(dir, &["train", "intent", "--data", "empty", "--out", "run"]);
    assert!(empty.contains("no row of class \"true\""), "{empty}");
}

#[test]
fn synthetic_rows_come_from_the_training_split_alone_and_train_a_network() {
    let shop = ingested(2);
    let dir = shop.path();
    let generator = |out: &str, more: &[&str]| {
        let args = ["train", "tabular", "--data", "data", "--out", out, "--device", "cpu"];
        succeed(dir, &args.iter().chain(more).copied().collect::<Vec<_>>());
    };
    generator("rows", &["--epochs", "60", "--set", "learning_rate=1e-2", "--set", "ema_decay=0.9"]);
    let args = ["evaluate", "tabular", "--model", "rows", "--data", "data", "--json"];
    let judged: Value = serde_json::from_str(&succeed(dir, &args)).unwrap();
    assert!(judged["marginal_distance"].as_f64().unwrap() < 0.25, "{judged}");
    assert!(judged["two_sample_accuracy_ci95"][0].as_f64().unwrap() < judged["two_sample_accuracy"].as_f64().unwrap());
    trained(dir, "run", &["--set", "generated=rows", "--set", "generated_only=true", "--epochs", "30"]);
    let tested = evaluation(dir, &["--model", "run", "--data", "data"]);
    assert!(tested["auc"].as_f64().unwrap() > 0.85, "{tested}");
    exported_only_with_a_verdict(dir);
    // A generator with other splits was trained on test rows of this network.
    let intent = ["train", "intent", "--data", "data", "--out", "other", "--seed", "2", "--set", "generated=rows"];
    let error = refused(dir, &intent);
    assert!(error.contains("trained with another seed") && error.contains("test split"), "{error}");
    let few = [
        "train",
        "intent",
        "--data",
        "data",
        "--out",
        "few",
        "--set",
        "generated=rows",
        "--set",
        "samples_per_class=9",
    ];
    assert!(refused(dir, &few).contains("another samples_per_class"));
    let nothing = ["train", "intent", "--data", "data", "--out", "few", "--set", "generated=data"];
    assert!(refused(dir, &nothing).contains("no tabular.safetensors"));
}

/// `run` was trained on synthetic rows alone.
fn exported_only_with_a_verdict(dir: &Path) {
    let error = refused(dir, &["export", "run", "--out", "bundle"]);
    assert!(
        error.contains("arm gan-only") && error.contains("found no verdict") && error.contains("--force"),
        "{error}"
    );
    assert!(!dir.join("bundle").exists());
    let info: Value = serde_json::from_slice(&fs::read(dir.join("run/run.json")).unwrap()).unwrap();
    let gain = json!({"mean": 0.02, "ci95": [0.01, 0.03], "p": 0.001, "p_holm": 0.001, "effect": "helps"});
    let finding = json!({"arm": "gan-only", "amount": "all", "level": {"mean": 0.9, "ci95": null}, "gain": gain});
    let verdict = json!({
        "task": "intent", "metric": "auc", "dataset": info["dataset"], "settings": [], "generator": [], "seeds": [1, 2, 3, 4, 5],
        "amounts": ["all"], "arms": ["none", "gan-only"], "findings": [finding],
    });
    fs::write(dir.join("verdict.json"), verdict.to_string()).unwrap();
    succeed(dir, &["export", "run", "--out", "bundle", "--verdict", "verdict.json"]);
    succeed(dir, &["export", "run", "--out", "forced", "--force"]);
    succeed(dir, &["export", "bundle", "--out", "again"]);
    let page = |bundle: &str| {
        succeed(dir, &["report", bundle, "--out", "page.html"]);
        fs::read_to_string(dir.join("page.html")).unwrap()
    };
    for bundle in ["bundle", "again"] {
        let page = page(bundle);
        assert!(page.contains("gan-only: trained on 0 real and "), "{bundle}");
        assert!(page.contains("Ablation with all samples, arm gan-only: helps, auc +0.0200"), "{bundle}");
    }
    assert!(page("forced").contains("Trained on synthetic samples without an ablation that shows a gain."));
}

#[test]
fn an_ablation_compares_by_seed_resumes_and_reports_gains() {
    let shop = ingested(2);
    let dir = shop.path();
    let ablate = |more: &[&str]| -> Vec<String> {
        let args = ["ablate", "intent", "--data", "data", "--out", "gate", "--device", "cpu", "--amounts", "10,all"];
        let own = ["--arms", "gan", "--set", "epochs=3", "--generator-set", "epochs=3"];
        args.iter().chain(&own).chain(more).map(|&arg| arg.to_owned()).collect()
    };
    let run = |args: Vec<String>| succeed(dir, &args.iter().map(String::as_str).collect::<Vec<_>>());
    let said = run(ablate(&["--seeds", "2"]));
    assert_eq!(said.lines().filter(|line| line.contains(" seed ")).count(), 8, "{said}");
    let said = run(ablate(&["--seeds", "3", "--json"]));
    let verdict: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&verdict["metric"], &verdict["arms"]), (&json!("auc"), &json!(["none", "gan"])));
    let findings = verdict["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 4);
    for finding in findings {
        let gain = &finding["gain"];
        assert_eq!(gain.is_null(), finding["arm"] == "none", "{finding}");
        assert!(gain.is_null() || gain["ci95"][0].as_f64().unwrap() <= gain["mean"].as_f64().unwrap(), "{finding}");
    }
    assert_eq!(fs::read_to_string(dir.join("gate/outcomes.jsonl")).unwrap().lines().count(), 12);
    let page = fs::read_to_string(dir.join("gate/report.html")).unwrap();
    assert!(
        page.contains("<svg") && page.contains("gan") && !page.contains("src=") && !page.contains("href="),
        "self-contained"
    );
    let mut other = ablate(&["--seeds", "3"]);
    other.extend(["--set".into(), "epochs=4".into()]);
    let error = refused(dir, &other.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(error.contains("began with another settings"), "{error}");
    let unknown = refused(dir, &["ablate", "intent", "--data", "data", "--out", "x", "--arms", "magic"]);
    assert!(unknown.contains("expected some of none, gan, gan-only"), "{unknown}");
}
