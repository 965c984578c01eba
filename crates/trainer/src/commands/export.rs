//! `trainer export`: the models of runs as one bundle, in the precision that the browser downloads.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;
use serde_json::Value;
use windowshop_bundle::{Bundle, Precision};
use windowshop_schema::manifest::ModelCard;

use crate::{
    ablation::gate::{self, Candidate, Gate},
    run,
};

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PrecisionName {
    F32,
    F16,
    Int8,
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The runs to export, one a task; the first gives the bundle its name.
    #[arg(required = true)]
    runs: Vec<PathBuf>,
    /// The bundle folder to write; an old one is replaced only when the new one is complete.
    #[arg(long)]
    out: PathBuf,
    /// How numbers are stored; by default int8 in networks that are mostly tables (sentiment, sequence), f16 in the others.
    #[arg(long, value_enum)]
    precision: Option<PrecisionName>,
    /// A folder of `trainer ablate`, or its verdict.json: what lets a network pass that learned from made-up samples; repeatable.
    #[arg(long)]
    verdict: Vec<PathBuf>,
    /// Export such a network without a verdict that made-up samples help; its card says so.
    #[arg(long)]
    force: bool,
}

impl From<PrecisionName> for Precision {
    fn from(name: PrecisionName) -> Self {
        match name {
            PrecisionName::F32 => Precision::F32,
            PrecisionName::F16 => Precision::F16,
            PrecisionName::Int8 => Precision::Int8,
        }
    }
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let mut bundle = Bundle::default();
    let gate = Gate::open(&args.verdict, args.force)?;
    for run in &args.runs {
        let (_, mut found) = run::open_bundle(run)?;
        pass(&gate, &mut found, run).with_context(|| run.display().to_string())?;
        join(&mut bundle, found, run)?;
    }
    let files = bundle.encode(args.precision.map(Into::into))?;
    let total: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    Bundle::write(&args.out, &files)?;
    for (name, bytes) in &files {
        println!("{:>10}  {name}", bytes.len());
    }
    println!("{total:>10}  bytes in {}", args.out.display());
    Ok(())
}

/// Asks the gate about what a run has learned. A bundle was asked when it was exported.
fn pass(gate: &Gate, found: &mut Bundle, run: &Path) -> anyhow::Result<()> {
    if !run.join("run.json").exists() {
        return Ok(());
    }
    let info = run::read_info(run)?;
    let Some(expansion) = &info.expansion else { return Ok(()) };
    let (task, dataset, amount) = (info.task.as_str(), info.dataset.as_str(), gate::amount_of(&info.config));
    let candidate = Candidate { task, dataset, amount: &amount, expansion };
    if let Some(ranker) = found.ranker.as_mut().filter(|_| task == "ranker") {
        return gate.check(&candidate, &mut ranker.card.card);
    }
    for (_, file) in found.networks.iter_mut().filter(|(kind, _)| kind.task() == task) {
        let mut all: Value = serde_json::from_str(&file.card)?;
        let mut card: ModelCard = serde_json::from_value(all["card"].take())?;
        gate.check(&candidate, &mut card)?;
        all["card"] = serde_json::to_value(card)?;
        file.card = serde_json::to_string(&all)?;
    }
    Ok(())
}

/// Adds what a run has; the same task twice is a mistake.
fn join(bundle: &mut Bundle, found: Bundle, run: &Path) -> anyhow::Result<()> {
    if bundle.name.is_empty() {
        bundle.name = found.name;
    }
    if found.ranker.is_some() && bundle.ranker.is_some() {
        bail!("{}: a second ranker; a bundle has one network a task: export one of the two", run.display());
    }
    bundle.ranker = bundle.ranker.take().or(found.ranker);
    for (kind, file) in found.networks {
        // A ranker brings the intent network that it reads; naming that network's run as well is no mistake.
        if bundle.networks.get(&kind) == Some(&file) {
            continue;
        }
        if bundle.networks.insert(kind, file).is_some() {
            bail!(
                "{}: a second {} network; a bundle has one network a task: export one of the two",
                run.display(),
                kind.task()
            );
        }
    }
    Ok(())
}
