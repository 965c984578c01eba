//! `trainer export`: the networks of runs as one bundle, in the precision that the browser downloads.

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
    /// The runs to export, one per task; the first names the bundle.
    #[arg(required = true)]
    runs: Vec<PathBuf>,
    /// The bundle folder to write; an existing one is replaced atomically.
    #[arg(long)]
    out: PathBuf,
    /// Precision of the weights; by default int8 for networks that are mostly embedding tables (sentiment, sequence), else f16.
    #[arg(long, value_enum)]
    precision: Option<PrecisionName>,
    /// A folder of `trainer ablate`, or its verdict.json: evidence for a network trained on synthetic data; repeatable.
    #[arg(long)]
    verdict: Vec<PathBuf>,
    /// Export a network trained on synthetic data without a positive verdict; its card states that.
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
        check(&gate, &mut found, run).with_context(|| run.display().to_string())?;
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

/// Checks the training data of a run against the verdicts. An exported bundle was checked at its export.
fn check(gate: &Gate, found: &mut Bundle, run: &Path) -> anyhow::Result<()> {
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

/// Adds the networks of a run.
///
/// # Errors
/// If two runs have the same task.
fn join(bundle: &mut Bundle, found: Bundle, run: &Path) -> anyhow::Result<()> {
    if bundle.name.is_empty() {
        bundle.name = found.name;
    }
    if found.ranker.is_some() && bundle.ranker.is_some() {
        bail!("{}: a second ranker; a bundle has one network per task: export one of the two", run.display());
    }
    bundle.ranker = bundle.ranker.take().or(found.ranker);
    for (kind, file) in found.networks {
        // The bundle of a ranker includes its intent network, so that network's run may be named as well.
        if bundle.networks.get(&kind) == Some(&file) {
            continue;
        }
        if bundle.networks.insert(kind, file).is_some() {
            bail!(
                "{}: a second {} network; a bundle has one network per task: export one of the two",
                run.display(),
                kind.task()
            );
        }
    }
    Ok(())
}
