//! `trainer train`: learn a network. One file a task.

mod gan;
mod image;
mod intent;
mod ranker;
mod sentiment;
mod sequence;
pub mod tabular;

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::bail;
use clap::ValueEnum;
use serde::Serialize;
use windowshop_ingest::Dataset;
use windowshop_schema::{NetworkKind, manifest::ModelCard, store::Train};

pub use ranker::protocol;

use crate::{
    ablation::expansion::Expansion,
    config,
    device::DeviceName,
    learning::split::{Cut, Fold},
    run::{self, RunInfo},
};

/// Weights, gradient, two moments, the average and the best, in f32.
const BYTES_A_PARAMETER: usize = 24;

#[derive(Debug, clap::Subcommand)]
pub enum Task {
    /// The ranker: query, session and item quality to one score.
    Ranker(Args),
    /// The sentiment of a review: negative, neutral or positive.
    Sentiment(Args),
    /// What comes of a visit or of a customer's interest in an item, from labelled rows or from an event log.
    Intent(Args),
    /// The next item of a session.
    Sequence(Args),
    /// The category and the look of a photo.
    Image(Args),
    /// Rows like those of a table, class by class, to learn intent from where real ones are scarce.
    Tabular(Args),
    /// New photos of a category: a generator and the discriminator that it learns from.
    Gan(Args),
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// A dataset folder that `trainer ingest` wrote.
    #[arg(long)]
    pub data: PathBuf,
    /// The run folder to write.
    #[arg(long)]
    pub out: PathBuf,
    /// Training settings in TOML, over those of the store.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// A setting, such as --set learning_rate=1e-3 or --set features.exclude=popularity; repeatable.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceName,
    /// Seed of every random number.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Go on from the run's last checkpoint.
    #[arg(long)]
    pub resume: bool,
    /// Passes over the data; the same as --set epochs=N.
    #[arg(long)]
    pub epochs: Option<usize>,
    /// Print parameters, memory, time and disk that training would take, and stop.
    #[arg(long)]
    pub dry_run: bool,
    /// The fold of a cross-validation whose part is tested on.
    #[arg(skip)]
    pub fold: Option<Fold>,
    /// Is this one training of many, of whose end nobody need be told?
    #[arg(skip)]
    pub quiet: bool,
}

impl Args {
    /// How data are cut by key.
    fn cut(&self, validation_share: f64, test_share: f64) -> Cut {
        let cut = Cut { seed: self.seed, validation_share, test_share, fold_offset: 0.0 };
        self.fold.map_or(cut, |fold| cut.fold(fold))
    }

    /// Refuses cross-validation where the data say themselves what is tested on.
    fn refuse_folds(&self, fixed: bool, why: &str) -> anyhow::Result<()> {
        if fixed && self.fold.is_some() {
            bail!(
                "{}: {why}: there is nothing to cross-validate; train with several seeds instead",
                self.data.display()
            );
        }
        Ok(())
    }

    /// Starts a run's folder: what it is made of.
    fn begin(
        &self,
        task: &str,
        config: &impl Serialize,
        cut: Cut,
        dataset: &Dataset,
        expansion: Option<Expansion>,
    ) -> anyhow::Result<RunInfo> {
        let info = RunInfo {
            task: task.into(),
            seed: self.seed,
            config: serde_json::to_value(config)?,
            cut,
            store: dataset.store.clone(),
            dataset: dataset.fingerprint.clone(),
            expansion,
            intent: None,
        };
        run::write_info(&self.out, &info)?;
        Ok(info)
    }

    /// The card of what was learned; `examples` were trained on, validated on and tested on.
    fn model_card(&self, dataset: &Dataset, examples: [usize; 3], limit: &str, info: &RunInfo) -> ModelCard {
        ModelCard {
            data: dataset.name.clone(),
            licence: dataset.store.licence.clone(),
            simulated: dataset.simulated,
            lists: examples,
            seed: self.seed,
            trained_at: now(),
            limits: vec![limit.into()],
            expansion: info.expansion.iter().map(Expansion::describe).collect(),
        }
    }

    /// Says where the run is and what comes next.
    fn done(&self, next: &str) {
        if !self.quiet {
            println!("wrote {}\nnext: {next}", self.out.display());
        }
    }

    /// How the run is evaluated.
    fn evaluation(&self, task: NetworkKind) -> String {
        format!("trainer evaluate {} --model {} --data {}", task.task(), self.out.display(), self.data.display())
    }

    /// Everything that `--set` and its short forms say.
    fn settings(&self) -> Vec<String> {
        let epochs = self.epochs.map(|epochs| format!("epochs={epochs}"));
        self.sets.iter().cloned().chain(epochs).collect()
    }
}

/// A task by name, for commands that train whatever they are told to and compare what validation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TaskName {
    Ranker,
    Sentiment,
    Intent,
    Sequence,
    Image,
    Tabular,
    Gan,
}

impl TaskName {
    /// The task with its arguments.
    pub fn with(self, args: Args) -> Task {
        match self {
            TaskName::Ranker => Task::Ranker(args),
            TaskName::Sentiment => Task::Sentiment(args),
            TaskName::Intent => Task::Intent(args),
            TaskName::Sequence => Task::Sequence(args),
            TaskName::Image => Task::Image(args),
            TaskName::Tabular => Task::Tabular(args),
            TaskName::Gan => Task::Gan(args),
        }
    }

    /// As commands have it.
    pub fn name(self) -> &'static str {
        match self {
            TaskName::Ranker => "ranker",
            TaskName::Sentiment => "sentiment",
            TaskName::Intent => "intent",
            TaskName::Sequence => "sequence",
            TaskName::Image => "image",
            TaskName::Tabular => "tabular",
            TaskName::Gan => "gan",
        }
    }

    /// The task's settings: the store's, overridden.
    pub fn config(self, store: &Train, file: Option<&Path>, sets: &[String]) -> anyhow::Result<serde_json::Value> {
        Ok(match self {
            TaskName::Ranker => serde_json::to_value(config::training(&store.ranker, file, sets)?)?,
            TaskName::Sentiment => serde_json::to_value(config::training(&store.sentiment, file, sets)?)?,
            TaskName::Intent => serde_json::to_value(config::training(&store.intent, file, sets)?)?,
            TaskName::Sequence => serde_json::to_value(config::training(&store.sequence, file, sets)?)?,
            TaskName::Image => serde_json::to_value(config::training(&store.image, file, sets)?)?,
            TaskName::Tabular => serde_json::to_value(config::training(&store.tabular, file, sets)?)?,
            TaskName::Gan => serde_json::to_value(config::training(&store.gan, file, sets)?)?,
        })
    }
}

/// `trainer train`
pub fn run(task: &Task) -> anyhow::Result<()> {
    match task {
        Task::Ranker(args) => ranker::ranker(args),
        Task::Sentiment(args) => sentiment::sentiment(args),
        Task::Intent(args) => intent::intent(args),
        Task::Sequence(args) => sequence::sequence(args),
        Task::Image(args) => image::image(args),
        Task::Tabular(args) => tabular::tabular(args),
        Task::Gan(args) => gan::gan(args),
    }
}

/// Refuses a folder that holds a run, unless that is wanted.
fn fresh_run(args: &Args) -> anyhow::Result<()> {
    let finished = run::is_finished(&args.out);
    if !args.resume && (finished || args.out.join("checkpoint").exists()) && !args.dry_run {
        bail!("{}: holds a run already; choose another folder, remove it, or go on with --resume", args.out.display());
    }
    Ok(())
}

/// This moment, UTC.
fn now() -> String {
    rfc3339(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs()))
}

/// Seconds since 1970 as a UTC date (Hinnant's civil-from-days).
fn rfc3339(seconds: u64) -> String {
    let (days, rest) = ((seconds / 86_400) as i64, seconds % 86_400);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}
