//! `trainer train intent`

use anyhow::{Context, anyhow, bail};
use burn::module::Module;
use serde_json::json;
use windowshop_features::{TableReader, table};
use windowshop_ingest::Table;
use windowshop_metrics::calibration;
use windowshop_model::{Intent, weights};
use windowshop_schema::{IntentTrainConfig, NetworkKind, manifest::IntentCard, table::TableColumn};

use super::{Args, BYTES_A_PARAMETER, fresh_run};
use crate::{
    ablation::expansion,
    config, dataset, device,
    intent::{
        item_index,
        learner::{self, IntentLearner, predict},
        model,
        rows::{Parts, Rows, last_period},
        source::Source,
    },
    learning::optimise::Training,
    network_file,
    progress::Progress,
    tabular::expand::expand,
};

/// `trainer train intent`
pub fn intent(args: &Args) -> anyhow::Result<()> {
    let dataset = dataset::open(&args.data)?;
    let config: IntentTrainConfig =
        config::training(&dataset.store.train.intent, args.config.as_deref(), &args.settings())?;
    config::check_intent(&config)?;
    let cut = args.cut(config.validation_share, config.test_share);
    let source = Source::new(&dataset, config.rows, config.item_index).context(args.data.display().to_string())?;
    let device = device::open(args.device)?;
    let table = source.table.as_ref();
    args.refuse_folds(last_period(table).is_some(), "these rows are cut by time")?;
    fresh_run(args)?;
    let mut rows = Rows::new(table, &source.classes)?;
    let mut parts = Parts::new(table, &rows, &cut)?;
    parts.leave(&rows, config.samples_per_class, args.seed);
    let mut columns = kept_columns(table, &config.features.exclude)?;
    let spec = table::fit(&columns, &parts.train, config.bins, config.min_rows);
    let real = parts.train.len();
    expand(&config, &dataset.fingerprint, cut, &mut columns, &mut rows, &mut parts, &device)?;
    let reader = TableReader::new(&spec, &columns).map_err(|name| anyhow!("no column {name}"))?;
    let shape = reader.shape();
    if shape.numbers + shape.names == 0 {
        bail!("every column is the same in all training rows: expected at least one that tells rows apart");
    }
    device.seed(args.seed);
    let start = Intent::init(&config.model, rows.classes.len(), shape, &device.clone().autodiff());
    let parameters = start.num_params();
    if args.dry_run {
        println!(
            "rows        {} to train on\nparameters  {parameters}\nmemory      about {} MiB for weights and optimizer\ntime        {} epochs of {} steps\ndisk        about {} MiB for the checkpoint and the run's network",
            parts.train.len(),
            (parameters * BYTES_A_PARAMETER).div_ceil(1 << 20),
            config.epochs,
            parts.train.len().div_ceil(config.batch),
            (parameters * BYTES_A_PARAMETER).div_ceil(1 << 20),
        );
        return Ok(());
    }
    // A visit is behaviour, and may be a simulated visitor's.
    let simulated = source.visits.as_ref().and_then(|_| expansion::of_behaviour(&dataset));
    let info = args.begin(
        NetworkKind::Intent.task(),
        &config,
        cut,
        &dataset,
        expansion::of_rows(&config, real, parts.train.len()).or(simulated),
    )?;
    let sizes = [&parts.train, &parts.validation, &parts.test].map(|part| part.len());
    let training = Training {
        schedule: learner::schedule(&config),
        seed: args.seed,
        device: &device,
        run: &args.out,
        fingerprint: format!("{}-{}", info.dataset, serde_json::to_string(&(&config, info.seed))?),
        resume: args.resume,
    };
    let total = training.steps(parts.train.len()) * config.epochs;
    let mut progress = Progress::new(total as u64, Some(&args.out.join("log.jsonl")))?;
    progress.event(&json!({
        "event": "start", "task": "intent", "parameters": parameters, "device": format!("{:?}", args.device),
        "train": sizes[0], "real": real, "validation": sizes[1], "test": sizes[2], "classes": &rows.classes,
        "numeric": shape.numbers, "categorical": shape.names, "seed": args.seed,
    }))?;
    let learner = IntentLearner::new(&config, &reader, &rows, &parts, &device);
    let best = training.run(&learner, start.clone(), &mut progress)?;
    let network = weights::load(Module::valid(&start), &best, &device)?;
    let kind = config.model.network;
    let judged = |part: &[usize], temperature| predict(&network, kind, &reader, &rows, part, temperature, &device);
    let temperature = calibration::temperature(&judged(&parts.validation, 1.0));
    let tuned = judged(&parts.validation, temperature).tuned();
    let test = judged(&parts.test, temperature).with_decision_of(&tuned);
    let evaluation = test.evaluate(args.seed);
    let visit = source.visits.as_ref().map(|(spec, _)| spec.clone());
    let limit = match visit {
        Some(_) => {
            "It speaks of visits in which something was done; a price or category that changed since counts as it was, unless the page says otherwise."
        }
        None => "A name that was not trained on is read as unknown; a number further out than any, as the furthest.",
    };
    let card = IntentCard {
        model: config.model.clone(),
        classes: rows.classes.clone(),
        table: spec.clone(),
        visit,
        temperature,
        threshold: tuned.threshold,
        class_weights: tuned.class_weights,
        metrics: evaluation.to_card(),
        card: args.model_card(&dataset, sizes, limit, &info),
    };
    let mut file = model::to_file(&card, &best)?;
    if card.visit.is_some() && config.item_index {
        item_index::add(&mut file, &dataset.items);
    }
    network_file::write(NetworkKind::Intent, &args.out, &dataset.name, file)?;
    let mut done = evaluation.to_json();
    done.insert("event".into(), "test".into());
    progress.event(&done.into())?;
    args.done(&args.evaluation(NetworkKind::Intent));
    Ok(())
}

/// The columns that are not left out.
pub(super) fn kept_columns(table: &Table, exclude: &str) -> anyhow::Result<Vec<TableColumn>> {
    let left_out: Vec<&str> = exclude.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let known = |name: &str| table.columns.iter().any(|column| column.name == name);
    if let Some(unknown) = left_out.iter().find(|name| !known(name)) {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        bail!("features.exclude: no column \"{unknown}\"; expected some of {}", names.join(", "));
    }
    Ok(table.columns.iter().filter(|column| !left_out.contains(&column.name.as_str())).cloned().collect())
}
