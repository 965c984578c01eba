//! `trainer cross-validate`: trains once per fold, each time with another test split.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};
use windowshop_metrics::student_t::Mean;

use crate::{
    learning::split::Fold,
    report::source,
    run,
    task::{TrainArgs, TrainingArgs},
    tasks,
};

/// Most folds: with more, the test splits are too small.
const MOST_FOLDS: usize = 20;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    training: TrainingArgs,
    /// The folder to write: one run per fold, and cross-validation.json. Finished folds are not repeated.
    #[arg(long)]
    out: PathBuf,
    /// Number of folds, 2 to 20. Keys (queries, users, texts) are split; each fold is the test split once.
    #[arg(long, default_value_t = 5)]
    folds: usize,
    /// Seed of every random number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// `trainer cross-validate`
pub fn run(args: &Args) -> anyhow::Result<()> {
    if !(2..=MOST_FOLDS).contains(&args.folds) {
        bail!("--folds {}: expected 2 to {MOST_FOLDS}", args.folds);
    }
    let mut tests = Vec::new();
    for number in 0..args.folds {
        let out = args.out.join(format!("fold-{}", number + 1));
        if !run::is_finished(&out) {
            let resume = out.join("checkpoint").exists();
            let fold = Some(Fold { number, of: args.folds });
            let training = TrainArgs::quiet(args.training.clone(), out.clone(), args.seed);
            tasks::train(&TrainArgs { resume, fold, ..training })
                .with_context(|| format!("fold {} of {}", number + 1, args.folds))?;
        }
        tests.push(source::test_of(&out)?);
    }
    let summary = summary(&tests);
    let text = serde_json::to_string_pretty(&summary)?;
    run::replace(&args.out.join("cross-validation.json"), text.as_bytes())?;
    if args.json {
        println!("{}", Value::Object(summary));
    } else {
        for (name, value) in summary.iter().filter(|(_, value)| value.is_object()) {
            let [mean, low, high] =
                [&value["mean"], &value["ci95"][0], &value["ci95"][1]].map(|v| v.as_f64().unwrap_or(f64::NAN));
            println!("{name:22} {mean:.4}  [{low:.4}, {high:.4}]");
        }
    }
    Ok(())
}

/// Mean of every metric over the folds, its standard deviation, and Student's 95 % interval of the mean. Folds share training
/// data, so the interval is slightly too narrow (Bengio & Grandvalet 2004).
fn summary(tests: &[Map<String, Value>]) -> Map<String, Value> {
    let mut values: BTreeMap<&String, Vec<f64>> = BTreeMap::new();
    for test in tests {
        for (name, value) in test.iter().filter(|(name, _)| test.contains_key(&format!("{name}_ci95"))) {
            values.entry(name).or_default().extend(value.as_f64());
        }
    }
    let mut out = Map::from_iter([("folds".to_owned(), json!(tests.len()))]);
    for (name, values) in values.into_iter().filter(|(_, values)| values.len() == tests.len()) {
        let Some(Mean { mean, std, ci95, .. }) = Mean::of(&values) else { continue };
        out.insert(name.clone(), json!({"mean": mean, "std": std, "ci95": ci95, "folds": values}));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_from_students_t() {
        let test = |value: f64| Map::from_iter([("auc".into(), json!(value)), ("auc_ci95".into(), json!([0, 1]))]);
        let found = summary(&[test(0.8), test(0.9), test(0.85)]);
        let half = 4.302_653 * 0.05 / 3f64.sqrt();
        assert!((found["auc"]["mean"].as_f64().unwrap() - 0.85).abs() < 1e-12);
        assert!((found["auc"]["ci95"][0].as_f64().unwrap() - (0.85 - half)).abs() < 1e-6, "{found:?}");
        assert_eq!(found["folds"], 3);
    }
}
