//! `trainer tune`: random search by successive halving on the validation split; the test split stays unused.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::{
    dataset,
    report::source,
    task::{TrainArgs, TrainingArgs},
    tasks,
    tuning::{
        halving::{self, Rung},
        space::{self, Space},
    },
};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    training: TrainingArgs,
    /// The folder to write: trials.jsonl and best.toml. Trials that it already has are not repeated.
    #[arg(long)]
    out: PathBuf,
    /// Number of settings to try; the first are the present ones.
    #[arg(long, default_value_t = 20)]
    trials: usize,
    /// Time after which no training starts, such as 90s, 20m or 2h.
    #[arg(long, value_parser = duration)]
    time: Option<Duration>,
    /// A search range in place of the default ones: KEY=LOW..HIGH or KEY=A,B,C; repeatable.
    #[arg(long = "search", value_name = "KEY=VALUES")]
    searches: Vec<String>,
    /// Seed of every random number.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// A line of `trials.jsonl`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Trial {
    trial: usize,
    epochs: usize,
    settings: BTreeMap<String, String>,
    /// The best selection metric; `None` if training failed.
    score: Option<f64>,
    seconds: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// `trainer tune`
pub fn run(args: &Args) -> anyhow::Result<()> {
    let TrainingArgs { task, data, config: file, sets, .. } = &args.training;
    let dataset = dataset::open(data)?;
    let config = (tasks::of(*task).config)(&dataset.store.train, file.as_deref(), sets)?;
    let mut space: Space = args.searches.iter().map(|text| space::parse(text)).collect::<Result<_, _>>()?;
    if space.is_empty() {
        space = space::usual(&config);
    }
    let epochs = config["epochs"].as_u64().unwrap_or(1) as usize;
    if args.trials == 0 || space.is_empty() {
        bail!("--trials {}: nothing to try; give at least 1 trial and a --search range", args.trials);
    }
    std::fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let search = Search { args, space, started: Instant::now() };
    let mut done = read(&args.out.join("trials.jsonl"))?;
    let rungs = halving::rungs(args.trials, epochs);
    let mut remaining: Vec<usize> = (0..args.trials).collect();
    for (number, rung) in rungs.iter().enumerate() {
        for &trial in &remaining {
            if !done.iter().any(|old| old.trial == trial && old.epochs == rung.epochs) && search.has_time() {
                done.push(search.train(trial, *rung)?);
            }
        }
        let scores: Vec<(usize, f64)> =
            at(&done, rung.epochs).map(|t| (t.trial, t.score.unwrap_or(f64::NAN))).collect();
        remaining = halving::best(&scores, rungs.get(number + 1).map_or(usize::MAX, |next| next.trials));
    }
    let board = leaderboard(&done);
    let Some(best) = board.first().filter(|trial| trial.score.is_some()) else {
        bail!("{}: no trial finished; give more --time", args.out.display());
    };
    for trial in &board {
        let settings: Vec<String> = trial.settings.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let score = trial.score.map_or_else(|| "failed".into(), |score| format!("{score:.4}"));
        println!("{score:>8}  {:3} epochs  trial {:<3} {}", trial.epochs, trial.trial, settings.join(" "));
    }
    let file = args.out.join("best.toml");
    windowshop_files::write(&file, search.best(best)?)?;
    println!(
        "wrote {}\nnext: trainer train {} --data {} --config {} --out RUN",
        file.display(),
        task.name(),
        data.display(),
        file.display()
    );
    Ok(())
}

struct Search<'a> {
    args: &'a Args,
    space: Space,
    started: Instant,
}

impl Search<'_> {
    fn has_time(&self) -> bool {
        self.args.time.is_none_or(|time| self.started.elapsed() < time)
    }

    /// Trains a trial and appends its record; a failed training is recorded with its error.
    fn train(&self, trial: usize, rung: Rung) -> anyhow::Result<Trial> {
        let started = Instant::now();
        let settings = space::draw(&self.space, self.args.seed, trial);
        let out = self.args.out.join(format!("trial-{trial}-{}", rung.epochs));
        let _ = std::fs::remove_dir_all(&out);
        let mut training = self.args.training.clone();
        training.sets.extend(settings.iter().map(|(key, value)| format!("{key}={value}")));
        let epochs = Some(rung.epochs);
        let trained = tasks::train(&TrainArgs { epochs, ..TrainArgs::quiet(training, out.clone(), self.args.seed) });
        let (score, error) = match trained.and_then(|()| source::best_validation(&out)) {
            Ok(score) => (Some(score), None),
            Err(error) => (None, Some(format!("{error:#}"))),
        };
        let _ = std::fs::remove_dir_all(&out);
        let seconds = started.elapsed().as_secs_f64();
        let record = Trial { trial, epochs: rung.epochs, settings, score, seconds, error };
        let mut file: File = OpenOptions::new().create(true).append(true).open(self.args.out.join("trials.jsonl"))?;
        writeln!(file, "{}", serde_json::to_string(&record)?)?;
        Ok(record)
    }

    /// The settings of the best trial as a file for `--config`, those of the command line included.
    fn best(&self, best: &Trial) -> anyhow::Result<String> {
        let mut table = match &self.args.training.config {
            Some(path) => std::fs::read_to_string(path)?.parse::<toml::Table>()?,
            None => toml::Table::new(),
        };
        let own = best.settings.iter().map(|(key, value)| format!("{key}={value}"));
        for assignment in self.args.training.sets.iter().cloned().chain(own) {
            crate::config::set(&mut table, &assignment)?;
        }
        Ok(toml::to_string_pretty(&table)?)
    }
}

fn at(done: &[Trial], epochs: usize) -> impl Iterator<Item = &Trial> {
    done.iter().filter(move |trial| trial.epochs == epochs)
}

/// The longest training of each trial, by epochs, then by score.
fn leaderboard(done: &[Trial]) -> Vec<Trial> {
    let mut furthest: BTreeMap<usize, Trial> = BTreeMap::new();
    for trial in done {
        let known = furthest.entry(trial.trial).or_insert_with(|| trial.clone());
        if trial.epochs > known.epochs {
            *known = trial.clone();
        }
    }
    let mut board: Vec<Trial> = furthest.into_values().collect();
    let score = |trial: &Trial| trial.score.unwrap_or(f64::NEG_INFINITY);
    board.sort_by(|a, b| b.epochs.cmp(&a.epochs).then(score(b).total_cmp(&score(a))).then(a.trial.cmp(&b.trial)));
    board
}

fn read(path: &Path) -> anyhow::Result<Vec<Trial>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path)?;
    let line = |line: &str| serde_json::from_str(line).with_context(|| path.display().to_string());
    text.lines().filter(|line| !line.trim().is_empty()).map(line).collect()
}

/// A duration such as `90s`, `20m` or `2h`.
fn duration(text: &str) -> Result<Duration, String> {
    let expected = |error: jiff::Error| format!("{error}; expected a number and s, m or h, such as 20m");
    let span: SignedDuration = text.parse().map_err(expected)?;
    Duration::try_from(span).map_err(expected)
}
