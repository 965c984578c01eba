//! The steps of every training: open, check, prepare, train, evaluate, write.

use anyhow::bail;
use burn::module::Module;
use jiff::Timestamp;
use serde_json::{Value, json};
use windowshop_bundle::{Bundle, Precision};
use windowshop_schema::manifest::ModelCard;

use super::{Description, Job, Outcome, Output, Task, TrainArgs};
use crate::{
    config, dataset, device,
    learning::{
        optimise::Training,
        schedule::{self, Schedule},
    },
    progress::Progress,
    run::{self, Expansion, RunInfo},
};

/// Trains a network and writes its run folder.
///
/// # Errors
/// If the dataset, a setting or the run folder does not fit, or training fails.
pub fn train<T: Task>(args: &TrainArgs) -> anyhow::Result<()> {
    let dataset = dataset::open(&args.training.data)?;
    let file = args.training.config.as_deref();
    let config: T::Config = config::training(T::settings(&dataset.store.train), file, &args.settings())?;
    T::check(&config)?;
    let schedule = Schedule::of(&config)?;
    let cut = schedule::cut(&config, args.seed, args.fold)?;
    let device = device::open(args.training.device)?;
    refuse_finished(args)?;
    let job: Job<'_, T> = Job { args, dataset, config, schedule, cut, device };
    let task = T::prepare(&job)?;
    job.device.seed(args.seed);
    let start = task.init(&job, &job.device.clone().autodiff());
    if args.dry_run {
        println!("{}", task.estimate(&job, &start));
        return Ok(());
    }
    let description = task.description(&job);
    let (card, event) = (model_card(&job, &description), start_event(&job, &description, start.num_params()));
    run::write_info(&args.out, &run_info(&job, &description)?)?;
    let mut progress = Progress::new(0, Some(&job.log()))?;
    progress.event(&event)?;
    let training = Training {
        schedule: job.schedule.clone(),
        seed: args.seed,
        device: &job.device,
        run: &args.out,
        fingerprint: format!(
            "{}-{}{}",
            job.dataset.fingerprint,
            serde_json::to_string(&(&job.config, args.seed))?,
            description.fingerprint
        ),
        resume: args.resume,
    };
    let trained = task.train(&job, &training, &start, &mut progress)?;
    let Outcome { output, test, next } = task.evaluate(&job, &start, trained, card)?;
    match output {
        Output::Bundle(bundle) => {
            Bundle::write(&run::bundle_dir(&args.out), &bundle.encode(Some(Precision::F32))?)?;
        }
        Output::File(name, bytes) => run::replace(&args.out.join(name), &bytes)?,
    }
    if let Some(mut test) = test {
        test.insert("event".into(), "test".into());
        progress.event(&Value::Object(test))?;
    }
    if !args.quiet {
        println!("wrote {}\nnext: {next}", args.out.display());
    }
    Ok(())
}

/// Refuses a folder that holds a run, unless that run is to be resumed.
fn refuse_finished(args: &TrainArgs) -> anyhow::Result<()> {
    let started = run::is_finished(&args.out) || args.out.join("checkpoint").exists();
    if started && !args.resume && !args.dry_run {
        bail!(
            "{}: holds a run already; choose another folder, remove it, or continue with --resume",
            args.out.display()
        );
    }
    Ok(())
}

fn run_info<T: Task>(job: &Job<'_, T>, description: &Description) -> anyhow::Result<RunInfo> {
    Ok(RunInfo {
        task: T::NAME.name().into(),
        seed: job.args.seed,
        config: serde_json::to_value(&job.config)?,
        cut: job.cut,
        store: job.dataset.store.clone(),
        dataset: job.dataset.fingerprint.clone(),
        expansion: description.expansion.clone(),
        intent: description.intent.clone(),
    })
}

fn start_event<T: Task>(job: &Job<'_, T>, description: &Description, parameters: usize) -> Value {
    let [train, validation, test] = description.sizes;
    let mut event = json!({
        "event": "start", "task": T::NAME.name(), "parameters": parameters,
        "device": format!("{:?}", job.args.training.device),
        "train": train, "validation": validation, "test": test, "seed": job.args.seed,
    });
    for (name, value) in &description.event {
        event[name] = value.clone();
    }
    event
}

fn model_card<T: Task>(job: &Job<'_, T>, description: &Description) -> ModelCard {
    ModelCard {
        data: job.dataset.name.clone(),
        licence: job.dataset.store.licence.clone(),
        simulated: job.dataset.simulated,
        lists: description.sizes,
        seed: job.args.seed,
        trained_at: now(),
        limits: vec![description.limit.into()],
        expansion: description.expansion.iter().map(Expansion::describe).collect(),
    }
}

/// The present time, UTC, to the second: `2026-01-31T12:00:00Z`.
fn now() -> String {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default().to_string()
}
