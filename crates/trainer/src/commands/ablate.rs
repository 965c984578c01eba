//! `trainer ablate`: does expanding scarce samples help? Trains with and without, many times over, and says so.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, bail};
use serde_json::Value;

use super::{
    simulate,
    train::{self, TaskName},
};
use crate::{
    ablation::{
        arms::{self, Arm, Generator},
        outcome::{Cell, Outcome, Outcomes},
        page,
        verdict::{NONE, Verdict},
    },
    dataset,
    device::DeviceName,
    report::source,
    run,
};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to learn.
    #[arg(value_enum)]
    task: TaskName,
    /// A dataset folder that `trainer ingest` wrote.
    #[arg(long)]
    data: PathBuf,
    /// The folder to write: outcomes.jsonl, verdict.json and report.html. Trainings that are in it already are not repeated.
    #[arg(long)]
    out: PathBuf,
    /// Repetitions, each with a split, samples and weights of its own; fewer than 5 prove little.
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// How much to learn from, separated by commas: for the ranker shares of the visitors (1%,10%,100% where none is named), for others
    /// numbers of samples of each class (20,100,500), or `all`.
    #[arg(long, value_delimiter = ',')]
    amounts: Vec<String>,
    /// Ways to expand them; all that the task has where none is named. `none` is always there.
    #[arg(long, value_delimiter = ',')]
    arms: Vec<String>,
    /// The metric that decides, of those of `trainer evaluate`; higher must be better.
    #[arg(long)]
    metric: Option<String>,
    /// Training settings in TOML, over those of the store.
    #[arg(long)]
    config: Option<PathBuf>,
    /// A setting of every training, as in `trainer train`; repeatable.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
    /// A setting of what makes samples up, as in `trainer train gan` or `tabular`, or an option of `trainer simulate`, such as users=3000;
    /// repeatable.
    #[arg(long = "generator-set", value_name = "KEY=VALUE")]
    generator_sets: Vec<String>,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "auto")]
    device: DeviceName,
    /// Keep the folder of every training; without it only what came of them.
    #[arg(long)]
    keep: bool,
    /// Print the verdict as one JSON object.
    #[arg(long)]
    json: bool,
}

/// `trainer ablate`
pub fn run(args: &Args) -> anyhow::Result<()> {
    let plan = Plan::new(args)?;
    std::fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let mut outcomes = Outcomes::open(args.out.join("outcomes.jsonl"))?;
    plan.same_as_before()?;
    // Seed by seed, so that an ablation that was stopped early compares whole seeds.
    for seed in 1..=args.seeds {
        for amount in &plan.amounts {
            for arm in &plan.arms {
                let cell = Cell { arm: arm.name.to_owned(), amount: amount.clone(), seed };
                if !outcomes.has(&cell) {
                    let outcome = plan
                        .train(arm, cell.clone())
                        .with_context(|| format!("arm {}, amount {}, seed {}", cell.arm, cell.amount, cell.seed))?;
                    if !args.json {
                        println!(
                            "{:14} {:>6} seed {}  {} {:.4}  {:.0} s",
                            cell.arm, cell.amount, seed, plan.metric, outcome.metrics[&plan.metric], outcome.seconds
                        );
                    }
                    outcomes.add(outcome)?;
                }
            }
            if !args.keep {
                let _ = std::fs::remove_dir_all(plan.generators(amount, seed));
            }
        }
    }
    let verdict = plan.verdict().conclude(&outcomes.all);
    let text = serde_json::to_string_pretty(&verdict)?;
    run::replace(&args.out.join("verdict.json"), text.as_bytes())?;
    run::replace(&args.out.join("report.html"), page::page(&verdict)?.as_bytes())?;
    if args.json {
        println!("{}", serde_json::to_string(&verdict)?);
    } else {
        print(&verdict);
        println!("wrote {}", args.out.join("report.html").display());
    }
    Ok(())
}

/// What will be trained.
struct Plan<'a> {
    args: &'a Args,
    /// The settings that cut the data, for generators.
    shares: Vec<String>,
    arms: Vec<Arm>,
    amounts: Vec<String>,
    metric: String,
    dataset: String,
}

impl<'a> Plan<'a> {
    fn new(args: &'a Args) -> anyhow::Result<Self> {
        if args.seeds < 2 {
            bail!(
                "--seeds {}: expected at least 2, and 5 to say anything: what helps is told from what chances",
                args.seeds
            );
        }
        let dataset = dataset::open(&args.data)?;
        let known = arms::of(args.task);
        if known.len() < 2 {
            bail!("{}: its samples are not expanded by anything; there is nothing to leave out", args.task.name());
        }
        for name in &args.arms {
            if !known.iter().any(|arm| arm.name == name) {
                let names: Vec<&str> = known.iter().map(|arm| arm.name).collect();
                bail!("--arms {name}: expected some of {} for {}", names.join(", "), args.task.name());
            }
        }
        let wanted = |arm: &Arm| arm.name == NONE || args.arms.is_empty() || args.arms.iter().any(|n| n == arm.name);
        let amounts = match args.amounts.is_empty() {
            true => arms::default_amounts(args.task),
            false => args.amounts.clone(),
        };
        for amount in &amounts {
            arms::amount(args.task, amount)?;
        }
        // Settings that cannot be meant are found before the first training.
        let config = args.task.config(&dataset.store.train, args.config.as_deref(), &args.sets)?;
        if known.iter().any(|arm| wanted(arm) && arm.generator == Some(Generator::Simulation)) {
            simulate::Args::of(&args.data, &args.out, 1, &args.generator_sets)?;
        }
        // A generator must not see what its pupil is tested on, so it is given the same cut.
        let shares = ["validation_share", "test_share"].map(|key| format!("{key}={}", config[key]));
        Ok(Self {
            args,
            shares: shares.to_vec(),
            arms: known.into_iter().filter(wanted).collect(),
            amounts,
            metric: args.metric.clone().unwrap_or_else(|| arms::metric(args.task).to_owned()),
            dataset: dataset.fingerprint,
        })
    }

    fn verdict(&self) -> Verdict {
        Verdict {
            task: self.args.task.name().to_owned(),
            metric: self.metric.clone(),
            dataset: self.dataset.clone(),
            settings: self.args.sets.clone(),
            generator: self.args.generator_sets.clone(),
            seeds: (1..=self.args.seeds).collect(),
            amounts: self.amounts.clone(),
            arms: self.arms.iter().map(|arm| arm.name.to_owned()).collect(),
            findings: Vec::new(),
        }
    }

    /// Refuses a folder whose trainings had other data or settings: they cannot be compared with new ones.
    fn same_as_before(&self) -> anyhow::Result<()> {
        let file = self.args.out.join("ablation.json");
        let config = self.args.config.as_deref().map(std::fs::read_to_string).transpose()?;
        let own = serde_json::json!({
            "task": self.args.task.name(), "dataset": self.dataset, "settings": self.args.sets, "config": config,
            "generator": self.args.generator_sets,
        });
        if !file.exists() {
            return run::replace(&file, serde_json::to_string_pretty(&own)?.as_bytes());
        }
        let before: Value =
            serde_json::from_slice(&std::fs::read(&file)?).with_context(|| file.display().to_string())?;
        let differs =
            ["task", "dataset", "settings", "config", "generator"].into_iter().find(|&key| before[key] != own[key]);
        if let Some(key) = differs {
            bail!(
                "{}: began with another {key}: {}, now {}; choose another folder or remove it",
                self.args.out.display(),
                before[key],
                own[key]
            );
        }
        Ok(())
    }

    /// Where the arms of an amount and a seed find what makes samples up.
    fn generators(&self, amount: &str, seed: u64) -> PathBuf {
        self.args.out.join(format!("generators-{amount}-seed-{seed}"))
    }

    /// Trains one cell, in a folder that is gone afterwards.
    fn train(&self, arm: &Arm, cell: Cell) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let folder = cell.folder(&self.args.out);
        let _ = std::fs::remove_dir_all(&folder);
        let amount = arms::amount(self.args.task, &cell.amount)?;
        let training = |out: PathBuf, config: &Option<PathBuf>, sets: Vec<String>| train::Args {
            data: self.args.data.clone(),
            out,
            config: config.clone(),
            sets,
            device: self.args.device,
            seed: cell.seed,
            resume: false,
            epochs: None,
            dry_run: false,
            fold: None,
            quiet: true,
        };
        let own = arm.settings.iter().map(|&setting| setting.to_owned());
        let mut sets: Vec<String> = self.args.sets.iter().cloned().chain(amount.clone()).chain(own).collect();
        if let Some(generator) = arm.generator {
            // The arms that share an amount and a seed share what makes samples up.
            let made = self.generators(&cell.amount, cell.seed).join(generator.name());
            if !generator.is_finished(&made) {
                let _ = std::fs::remove_dir_all(&made);
                let own: Vec<String> =
                    self.shares.iter().chain(&self.args.generator_sets).cloned().chain(amount).collect();
                match generator {
                    Generator::Network(task) => train::run(&task.with(training(made.clone(), &None, own))),
                    Generator::Simulation => simulate::Args::of(&self.args.data, &made, cell.seed, &own)
                        .and_then(|simulation| simulate::run(&simulation)),
                }
                .with_context(|| generator.name())?;
            }
            // In quotes: a path is no number, whatever its folder is called.
            sets.push(format!("generated={:?}", made.display().to_string()));
        }
        let out = folder.join("run");
        train::run(&self.args.task.with(training(out.clone(), &self.args.config, sets)))?;
        let metrics = metrics(&out)?;
        if !metrics.contains_key(&self.metric) {
            let names: Vec<&str> = metrics.keys().map(String::as_str).collect();
            bail!(
                "--metric {}: no such metric of {}; expected one of {}",
                self.metric,
                self.args.task.name(),
                names.join(", ")
            );
        }
        if !self.args.keep {
            std::fs::remove_dir_all(&folder)?;
        }
        Ok(Outcome { cell, metrics, seconds: started.elapsed().as_secs_f64() })
    }
}

/// What the final test of a run measured.
fn metrics(run: &Path) -> anyhow::Result<BTreeMap<String, f64>> {
    let test = source::test_of(run)?;
    let measured = |name: &String| test.contains_key(&format!("{name}_ci95"));
    Ok(test
        .iter()
        .filter(|(name, _)| measured(name))
        .filter_map(|(name, v)| Some((name.clone(), v.as_f64()?)))
        .collect())
}

fn print(verdict: &Verdict) {
    println!("\n{:>8}  {:14} {:>10}  gain over none", "amount", "arm", verdict.metric);
    for finding in &verdict.findings {
        let gain = finding.gain.as_ref().map_or_else(String::new, |gain| {
            let [low, high] = gain.ci95;
            format!("{:+.4} [{low:+.4}, {high:+.4}]  p {:.3}  {:?}", gain.mean, gain.p_holm, gain.effect)
        });
        println!("{:>8}  {:14} {:>10.4}  {gain}", finding.amount, finding.arm, finding.level.mean);
    }
}
