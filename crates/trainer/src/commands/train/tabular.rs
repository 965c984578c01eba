//! `trainer train tabular`

use anyhow::{Context, bail};
use burn::module::Module;
use serde_json::{Value, json};
use windowshop_metrics::bootstrap;
use windowshop_model::{Tabular, weights};
use windowshop_schema::{IntentRows, TabularTrainConfig};

use super::{Args, BYTES_A_PARAMETER, fresh_run, intent::kept_columns};
use crate::{
    config, dataset, device,
    intent::{
        rows::{Parts, Rows, last_period},
        source::Source,
    },
    learning::optimise::Training,
    progress::Progress,
    tabular::{
        codes::{self, ColumnCodes},
        fidelity::Fidelity,
        learner::{self, CodedRows, TabularLearner},
        model::{self, TabularCard, TabularModel},
    },
};

/// `trainer train tabular`
pub fn tabular(args: &Args) -> anyhow::Result<()> {
    let dataset = dataset::open(&args.data)?;
    let config: TabularTrainConfig =
        config::training(&dataset.store.train.tabular, args.config.as_deref(), &args.settings())?;
    config::check_tabular(&config)?;
    let cut = args.cut(config.validation_share, config.test_share);
    let source = Source::new(&dataset, IntentRows::Table, false).context(args.data.display().to_string())?;
    let device = device::open(args.device)?;
    let table = source.table.as_ref();
    args.refuse_folds(last_period(table).is_some(), "these rows are cut by time")?;
    fresh_run(args)?;
    if model::file(&args.out).exists() && !args.resume && !args.dry_run {
        bail!("{}: holds a run already; choose another folder or remove it", args.out.display());
    }
    let rows = Rows::new(table, &source.classes)?;
    let mut parts = Parts::new(table, &rows, &cut)?;
    parts.leave(&rows, config.samples_per_class, args.seed);
    let columns = kept_columns(table, &config.features.exclude)?;
    let spec = codes::fit(&columns, &parts.train, config.bins);
    let coded = |part: &[usize]| CodedRows::new(&spec, &columns, part, rows.labels(part));
    let [train, validation, test] = [&parts.train, &parts.validation, &parts.test].map(|part| coded(part));
    device.seed(args.seed);
    let sizes: Vec<usize> = spec.iter().map(ColumnCodes::len).collect();
    let start = Tabular::init(&config.model, &sizes, rows.classes.len(), &device.clone().autodiff());
    let parameters = start.num_params();
    if args.dry_run {
        println!(
            "rows        {} to train on\nparameters  {parameters}\nmemory      about {} MiB for weights and optimizer\ntime        {} epochs of {} steps\ndisk        about {} MiB for the checkpoint and the run's network",
            train.len(),
            (parameters * BYTES_A_PARAMETER).div_ceil(1 << 20),
            config.epochs,
            train.len().div_ceil(config.batch),
            (parameters * BYTES_A_PARAMETER).div_ceil(1 << 20),
        );
        return Ok(());
    }
    let info = args.begin("tabular", &config, cut, &dataset, None)?;
    let training = Training {
        schedule: learner::schedule(&config),
        seed: args.seed,
        device: &device,
        run: &args.out,
        fingerprint: format!("{}-{}", info.dataset, serde_json::to_string(&(&config, info.seed))?),
        resume: args.resume,
    };
    let mut progress =
        Progress::new((training.steps(train.len()) * config.epochs) as u64, Some(&args.out.join("log.jsonl")))?;
    progress.event(&json!({
        "event": "start", "task": "tabular", "parameters": parameters, "device": format!("{:?}", args.device),
        "train": train.len(), "validation": validation.len(), "test": test.len(), "classes": &rows.classes,
        "columns": sizes.len(), "codes": sizes.iter().sum::<usize>(), "seed": args.seed,
    }))?;
    let learner = TabularLearner {
        config: &config,
        train: &train,
        validation: &validation,
        classes: rows.classes.len(),
        device: &device,
    };
    let best = training.run(&learner, start.clone(), &mut progress)?;
    let sizes = [train.len(), validation.len(), test.len()];
    let card = TabularCard {
        model: config.model.clone(),
        classes: rows.classes.clone(),
        columns: spec.clone(),
        card: args.model_card(
            &dataset,
            sizes,
            "Its rows are like those of the training part; what was rare there may be missing.",
            &info,
        ),
    };
    model::write(&args.out, &card, &best)?;
    let network = weights::load(Module::valid(&start), &best, &device)?;
    let model = TabularModel { card, network, bytes: 0 };
    let made = made(&model, &test, args.seed, &device);
    let mut done = judge(&Fidelity { train: &train, held_out: &test, made: &made }, args.seed);
    done.insert("event".into(), "test".into());
    progress.event(&Value::Object(done))?;
    args.done(&format!(
        "trainer train intent --data {} --out RUN --seed {} --set generated={}",
        args.data.display(),
        args.seed,
        args.out.display()
    ));
    Ok(())
}

/// As many rows of each class as `like` has, made up.
pub fn made(model: &TabularModel, like: &CodedRows, seed: u64, device: &burn::tensor::Device) -> CodedRows {
    let codes = model.make(&like.labels, seed, device).into_iter().map(Some).collect();
    CodedRows { codes, labels: like.labels.clone(), sizes: like.sizes.clone() }
}

/// Rates with their intervals, and distances.
pub fn judge(fidelity: &Fidelity<'_>, seed: u64) -> serde_json::Map<String, Value> {
    let mut out = bootstrap::to_json(&fidelity.rates(seed));
    out.extend(fidelity.distances().into_iter().map(|(name, value)| (name, json!(value))));
    out.insert("n".into(), json!(fidelity.held_out.len()));
    out
}
