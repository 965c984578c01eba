//! `trainer evaluate`: metrics of a trained network with 95 % confidence intervals.

use std::path::{Path, PathBuf};

use anyhow::bail;
use serde_json::{Map, Value, json};
use windowshop_ingest::{Dataset, IngestOptions, List};

use super::train::protocol;
use crate::{
    device::{self, DeviceName},
    ranking::{
        evaluate, lists, predict, rows,
        split::{self, Split},
    },
    run,
};

#[derive(Debug, clap::Subcommand)]
pub enum Task {
    /// ndcg@10 mrr map rmse pairwise_accuracy worse_than_shop_rate
    Ranker(Args),
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder of a run, or an exported bundle.
    #[arg(long)]
    model: PathBuf,
    /// A dataset folder, or a raw file or folder like the one the run was trained on.
    #[arg(long)]
    data: PathBuf,
    /// Which lists; by default the test part of the run's own dataset, and everything of any other data.
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// The store's description, where the model is a bundle and the data are raw.
    #[arg(long)]
    store: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceName,
    /// Write each list's items, query, session and scores as JSON lines, for comparing with another engine.
    #[arg(long)]
    dump: Option<PathBuf>,
    /// Write the rows as the ranker reads them, with grades and scores, as safetensors: for training another learner
    /// on the same numbers.
    #[arg(long)]
    rows: Option<PathBuf>,
    /// Use only the first so many lists.
    #[arg(long)]
    limit: Option<usize>,
}

/// `trainer evaluate ranker`
pub fn ranker(args: &Args) -> anyhow::Result<()> {
    let info = run::read_info(&args.model).ok();
    let raw_dir = tempfile::tempdir()?;
    let dataset = if args.data.join("dataset.json").exists() {
        Dataset::open(&args.data)?
    } else {
        let store = match (&info, &args.store) {
            (_, Some(path)) => crate::config::store(path)?,
            (Some(info), None) => info.store.clone(),
            (None, None) => bail!(
                "{}: a bundle does not say how raw files are read: give --store store.toml, an ingested dataset, or the run",
                args.model.display()
            ),
        };
        ingest_raw_into(&store, &args.data, raw_dir.path())?
    };
    let device = device::open(args.device)?;
    let bundle = run::open_bundle(&args.model)?;
    let model_bytes: u64 = bundle.manifest.files.values().map(|f| f.size_bytes).sum();
    let seed = bundle.manifest.card.seed;
    let (_, mut features, ranker) = run::open_model(bundle, &device)?;

    let own = info.as_ref().filter(|info| info.dataset == dataset.fingerprint);
    let wanted = args.split.or(own.map(|_| Split::Test));
    let in_split = |list: &&List| match (wanted, &info) {
        (Some(wanted), Some(info)) => {
            split::of(&list.key, info.seed, info.config.validation_share, info.config.test_share) == wanted
        }
        _ => true,
    };
    if args.split.is_some() && info.is_none() {
        bail!("--split: a bundle does not know how its data were split; give the run as --model");
    }
    let shown: Vec<&List> = dataset.lists.iter().filter(in_split).take(args.limit.unwrap_or(usize::MAX)).collect();
    if shown.is_empty() {
        bail!("{}: no lists to evaluate", args.data.display());
    }
    let handles = lists::register(&dataset, &mut features);
    let prepared = lists::prepare(&shown, &dataset, &handles, &mut features, None);
    let scores = predict::scores(&ranker, &prepared, &features, &device);
    if let Some(path) = &args.dump {
        dump(path, &dataset, &shown, &scores)?;
    }
    let protocol = protocol(&dataset, seed);
    if let Some(path) = &args.rows {
        rows::write(path, &prepared, &scores, features.spec(), protocol)?;
    }
    let evaluation = evaluate::evaluate(&prepared, &scores, protocol);
    let mut out = evaluation.to_json();
    out.insert("seed".into(), json!(seed));
    out.insert("model_bytes".into(), json!(model_bytes));
    out.insert("split".into(), json!(wanted));
    print(&out, args.json);
    Ok(())
}

/// Ingests raw data with the columns the run was trained with.
fn ingest_raw_into(store: &windowshop_schema::StoreConfig, data: &Path, out: &Path) -> anyhow::Result<Dataset> {
    if !data.exists() {
        bail!("{}: no such file or folder", data.display());
    }
    let out = out.join("dataset");
    let options = IngestOptions { skip_training_files: true, ..Default::default() };

    windowshop_ingest::ingest_raw(store, data, None, &out, &options)?;
    Ok(Dataset::open(&out)?)
}

fn dump(path: &Path, dataset: &Dataset, lists: &[&List], scores: &[Vec<f32>]) -> anyhow::Result<()> {
    let mut text = String::new();
    for (list, scores) in lists.iter().zip(scores) {
        let items: Vec<_> = list.items.iter().map(|&item| &dataset.items[item as usize]).collect();
        let session: Vec<_> = list
            .session
            .iter()
            .map(|e| json!({"type": e.kind, "itemId": dataset.items[e.item as usize].id, "title": dataset.items[e.item as usize].title}))
            .collect();
        let row =
            json!({"query": list.query, "items": items, "session": session, "grades": list.grades, "scores": scores});
        text.push_str(&row.to_string());
        text.push('\n');
    }
    Ok(std::fs::write(path, text)?)
}

fn print(out: &Map<String, Value>, json: bool) {
    if json {
        println!("{}", Value::Object(out.clone()));
        return;
    }
    for (name, value) in out.iter().filter(|(name, _)| !name.ends_with("_ci95")) {
        match (value.as_f64(), out.get(&format!("{name}_ci95"))) {
            (Some(value), Some(ci)) => println!(
                "{name:22} {value:.4}  [{:.4}, {:.4}]",
                ci[0].as_f64().unwrap_or(f64::NAN),
                ci[1].as_f64().unwrap_or(f64::NAN)
            ),
            _ => println!("{name:22} {value}"),
        }
    }
}
