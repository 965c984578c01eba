//! `trainer ablate`: trains with and without each expansion of the training data over several seeds, and tests the gain.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, bail};
use serde_json::Value;

use super::simulate;
use crate::{
    ablation::{
        arms::{self, Arm, Generator},
        outcome::{Cell, Outcome, Outcomes},
        page,
        verdict::{NONE, Verdict},
    },
    dataset,
    report::source,
    run,
    task::{TaskName, TrainArgs, TrainingArgs},
    tasks,
};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    training: TrainingArgs,
    /// The folder to write: outcomes.jsonl, verdict.json and report.html. Trainings that it already has are not repeated.
    #[arg(long)]
    out: PathBuf,
    /// Number of seeds; each decides split, samples and initial weights. `trainer export` requires 5.
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// Amounts of training data, separated by commas: for the ranker shares of the visitors (default 1%,10%,100%), for other
    /// tasks numbers of samples per class (default 20,100,500), or `all`.
    #[arg(long, value_delimiter = ',')]
    amounts: Vec<String>,
    /// Arms to compare, by default all arms of the task; `none` is always included.
    #[arg(long, value_delimiter = ',')]
    arms: Vec<String>,
    /// The metric to compare, one of `trainer evaluate`; higher must be better.
    #[arg(long)]
    metric: Option<String>,
    /// A setting of the generator, as in `trainer train gan` or `tabular`, or an option of `trainer simulate`, such as
    /// users=3000; repeatable.
    #[arg(long = "generator-set", value_name = "KEY=VALUE")]
    generator_sets: Vec<String>,
    /// Keep the folder of every training; by default only the outcomes are kept.
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

/// The trainings of an ablation.
struct Plan<'a> {
    args: &'a Args,
    /// The settings of the splits, for generators.
    shares: Vec<String>,
    arms: Vec<Arm>,
    amounts: Vec<String>,
    metric: String,
    dataset: String,
}

impl<'a> Plan<'a> {
    fn new(args: &'a Args) -> anyhow::Result<Self> {
        if args.seeds < 2 {
            bail!("--seeds {}: expected at least 2; 5 or more are needed to tell a gain from chance", args.seeds);
        }
        let (task, data) = (args.training.task, &args.training.data);
        let dataset = dataset::open(data)?;
        let known = arms::of(task);
        if known.len() < 2 {
            bail!(
                "{}: the task has no expansion of its training data; expected image, sentiment, intent or ranker",
                args.training.task.name()
            );
        }
        for name in &args.arms {
            if !known.iter().any(|arm| arm.name == name) {
                let names: Vec<&str> = known.iter().map(|arm| arm.name).collect();
                bail!("--arms {name}: expected some of {} for {}", names.join(", "), args.training.task.name());
            }
        }
        let wanted = |arm: &Arm| arm.name == NONE || args.arms.is_empty() || args.arms.iter().any(|n| n == arm.name);
        let amounts = match args.amounts.is_empty() {
            true => arms::default_amounts(task),
            false => args.amounts.clone(),
        };
        for amount in &amounts {
            arms::amount(task, amount)?;
        }
        // Finds wrong settings before the first training.
        let config =
            (tasks::of(task).config)(&dataset.store.train, args.training.config.as_deref(), &args.training.sets)?;
        if known.iter().any(|arm| wanted(arm) && arm.generator == Some(Generator::Simulation)) {
            simulate::Args::of(data, &args.out, 1, &args.generator_sets)?;
        }
        // A generator must not see the test split of the network that it serves, so both have the same cut.
        let shares = ["validation_share", "test_share"].map(|key| format!("{key}={}", config[key]));
        Ok(Self {
            args,
            shares: shares.to_vec(),
            arms: known.into_iter().filter(wanted).collect(),
            amounts,
            metric: args.metric.clone().unwrap_or_else(|| arms::metric(task).to_owned()),
            dataset: dataset.fingerprint,
        })
    }

    fn verdict(&self) -> Verdict {
        Verdict {
            task: self.args.training.task.name().to_owned(),
            metric: self.metric.clone(),
            dataset: self.dataset.clone(),
            settings: self.args.training.sets.clone(),
            generator: self.args.generator_sets.clone(),
            seeds: (1..=self.args.seeds).collect(),
            amounts: self.amounts.clone(),
            arms: self.arms.iter().map(|arm| arm.name.to_owned()).collect(),
            findings: Vec::new(),
        }
    }

    /// Refuses a folder of trainings with other data or settings: outcomes would not be comparable.
    fn same_as_before(&self) -> anyhow::Result<()> {
        let file = self.args.out.join("ablation.json");
        let config = self.args.training.config.as_deref().map(std::fs::read_to_string).transpose()?;
        let own = serde_json::json!({
            "task": self.args.training.task.name(), "dataset": self.dataset, "settings": self.args.training.sets, "config": config,
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

    /// The folder of the generators for an amount and a seed.
    fn generators(&self, amount: &str, seed: u64) -> PathBuf {
        self.args.out.join(format!("generators-{amount}-seed-{seed}"))
    }

    /// Trains one cell; its folder is removed afterwards unless `--keep` is given.
    fn train(&self, arm: &Arm, cell: Cell) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let folder = cell.folder(&self.args.out);
        let _ = std::fs::remove_dir_all(&folder);
        let amount = arms::amount(self.args.training.task, &cell.amount)?;
        let train = |task: TaskName, out: PathBuf, config: Option<PathBuf>, sets: Vec<String>| {
            let training = TrainingArgs { task, config, sets, ..self.args.training.clone() };
            tasks::train(&TrainArgs::quiet(training, out, cell.seed))
        };
        let own = arm.settings.iter().map(|&setting| setting.to_owned());
        let mut sets: Vec<String> = self.args.training.sets.iter().cloned().chain(amount.clone()).chain(own).collect();
        if let Some(generator) = arm.generator {
            // The arms of one amount and seed share the generator.
            let generated = self.generators(&cell.amount, cell.seed).join(generator.name());
            if !generator.is_finished(&generated) {
                let _ = std::fs::remove_dir_all(&generated);
                let own: Vec<String> =
                    self.shares.iter().chain(&self.args.generator_sets).cloned().chain(amount).collect();
                match generator {
                    Generator::Network(task) => train(task, generated.clone(), None, own),
                    Generator::Simulation => simulate::Args::of(&self.args.training.data, &generated, cell.seed, &own)
                        .and_then(|simulation| simulate::run(&simulation)),
                }
                .with_context(|| generator.name())?;
            }
            // In quotes: a folder name may look like a number.
            sets.push(format!("generated={:?}", generated.display().to_string()));
        }
        let out = folder.join("run");
        train(self.args.training.task, out.clone(), self.args.training.config.clone(), sets)?;
        let metrics = metrics(&out)?;
        if !metrics.contains_key(&self.metric) {
            let names: Vec<&str> = metrics.keys().map(String::as_str).collect();
            bail!(
                "--metric {}: no such metric of {}; expected one of {}",
                self.metric,
                self.args.training.task.name(),
                names.join(", ")
            );
        }
        if !self.args.keep {
            std::fs::remove_dir_all(&folder)?;
        }
        Ok(Outcome { cell, metrics, seconds: started.elapsed().as_secs_f64() })
    }
}

/// The metrics of a run on its test split.
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
