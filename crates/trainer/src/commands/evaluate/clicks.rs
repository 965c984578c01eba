//! `trainer evaluate clicks`: fits click models to a log and evaluates them on its later part.

use std::{path::PathBuf, time::Instant};

use anyhow::bail;
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use windowshop_behaviour::{
    Estimate,
    clicks::{ClickLog, ClickModel, Columns, Evaluation, evaluate},
};

use super::print;
use crate::simulation::{
    click_model::{self, ClickModelName},
    impressions::{self, Impressions},
};

#[derive(Debug, clap::Args)]
pub struct ClicksArgs {
    /// A table of impressions (tsv, csv), a folder with the tables train and test, or a dataset of an event log. Without a test
    /// table the test split is the latest quarter of each query.
    #[arg(long)]
    data: PathBuf,
    /// The click model; `all` prints a leaderboard.
    #[arg(long, default_value = "all", value_parser = which)]
    click_model: Which,
    /// Column names of a table, such as query=q,items=shown,clicked=clicks,positions=places. Items and clicks are separated by
    /// spaces; a position is a rank or row:column. Without the column positions, the first item has rank 1.
    #[arg(long, value_parser = impressions::columns)]
    columns: Option<Columns>,
    /// Columns of the page's grid, for data without positions; 1 is a list.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    grid: u32,
    /// Write the fitted model, for `trainer train ranker --set click_model=FILE`; needs one model by name.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Seed of the confidence intervals.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Which {
    All,
    One(ClickModelName),
}

fn which(text: &str) -> Result<Which, String> {
    if text == "all" {
        return Ok(Which::All);
    }
    ClickModelName::from_str(text, false).map(Which::One).map_err(|_| {
        let names: Vec<String> = ClickModelName::value_variants().iter().map(|model| model.name()).collect();
        format!("expected all or one of {}", names.join(", "))
    })
}

/// `trainer evaluate clicks`
pub fn clicks(args: &ClicksArgs) -> anyhow::Result<()> {
    let models: Vec<ClickModelName> = match args.click_model {
        Which::One(model) => vec![model],
        // In a list, row and column give the same model as the row alone.
        Which::All => {
            let plain = |model: &ClickModelName| args.grid > 1 || *model != ClickModelName::Grid;
            ClickModelName::value_variants().iter().copied().filter(plain).collect()
        }
    };
    if args.out.is_some() && models.len() > 1 {
        bail!("--out: {} models are fitted and one can be written; name it with --click-model", models.len());
    }
    let Impressions { fit, test, skipped, why } = Impressions::open(&args.data, args.columns.as_ref(), args.grid)?;
    let log = ClickLog::new(&fit)?;
    let mut rows: Vec<Map<String, Value>> = Vec::new();
    for model in models {
        let started = Instant::now();
        let fitted = model.settings().fit(&log)?;
        let seconds = started.elapsed().as_secs_f64();
        let mut row = figures(&evaluate(&fitted.model, &test, args.seed)?);
        row.insert("click_model".into(), json!(model.name()));
        row.insert("rounds".into(), json!(fitted.trace.len()));
        row.insert("fit_s".into(), json!(seconds));
        row.insert("model_bytes".into(), json!(fitted.model.to_json()?.len()));
        row.insert("propensities".into(), json!(fitted.model.propensities().map(|p| p.values().to_vec())));
        if let Some(path) = &args.out {
            click_model::write(path, &fitted.model)?;
        }
        rows.push(row);
    }
    // The baseline, and the default of `trainer simulate`.
    let default = |row: &&Map<String, Value>| row["click_model"] == ClickModelName::Pbm.name();
    let mut out = rows.iter().find(default).unwrap_or(&rows[0]).clone();
    let value = |row: &Map<String, Value>, name: &str| row[name].as_f64().unwrap_or(f64::NAN);
    rows.sort_by(|a, b| value(a, "perplexity").total_cmp(&value(b, "perplexity")));
    for (name, value) in [
        ("n", json!(test.len())),
        ("n_fit", json!(fit.len())),
        ("n_skipped", json!(skipped)),
        ("skipped_first", json!(why)),
        ("seed", json!(args.seed)),
    ] {
        out.insert(name.into(), value);
    }
    if args.json {
        out.insert("leaderboard".into(), json!(rows));
        print(&out, true);
        return Ok(());
    }
    println!("{} impressions for fitting, {} for testing, {skipped} rows skipped", fit.len(), test.len());
    why.iter().for_each(|why| println!("the first skipped row: {why}"));
    println!("{:14} {:>10}  {:18} {:>8} {:>12} {:>9}", "", "perplexity", "95 %", "pooled", "conditional", "log-lik.");
    for row in &rows {
        println!(
            "{:14} {:10.4}  [{:.4}, {:.4}]   {:8.4} {:12.4} {:9.4}",
            row["click_model"].as_str().unwrap_or_default(),
            value(row, "perplexity"),
            row["perplexity_ci95"][0].as_f64().unwrap_or(f64::NAN),
            row["perplexity_ci95"][1].as_f64().unwrap_or(f64::NAN),
            value(row, "pooled_perplexity"),
            value(row, "conditional_perplexity"),
            value(row, "log_likelihood"),
        );
    }
    println!("\n{}: perplexity at rank 1, 2…  {}", out["click_model"], numbers(&out["perplexity_at"]));
    println!("{}: propensities             {}", out["click_model"], numbers(&out["propensities"]));
    args.out.iter().for_each(|path| {
        println!("wrote {}\nnext: trainer train ranker --set click_model={}", path.display(), path.display())
    });
    Ok(())
}

fn numbers(values: &Value) -> String {
    let shown = values.as_array().into_iter().flatten().filter_map(Value::as_f64).map(|value| format!("{value:.3}"));
    shown.collect::<Vec<_>>().join(" ")
}

fn figures(evaluation: &Evaluation) -> Map<String, Value> {
    let mut out = Map::new();
    let estimates: [(&str, Estimate); 3] = [
        ("perplexity", evaluation.perplexity),
        ("pooled_perplexity", evaluation.pooled_perplexity),
        ("conditional_perplexity", evaluation.conditional_perplexity),
    ];
    for (name, estimate) in estimates {
        out.insert(name.into(), json!(estimate.value));
        out.insert(format!("{name}_ci95"), json!(estimate.ci95));
    }
    out.insert("perplexity_at".into(), json!(evaluation.perplexity_at));
    out.insert("log_likelihood".into(), json!(evaluation.log_likelihood));
    out
}
