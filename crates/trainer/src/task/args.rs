//! Command line arguments of a training.

use std::path::PathBuf;

use super::TaskName;
use crate::{device::DeviceName, learning::split::Fold};

/// The arguments of every command that trains.
#[derive(Clone, Debug, clap::Args)]
pub struct TrainingArgs {
    /// What to train.
    #[arg(value_enum)]
    pub task: TaskName,
    /// A dataset folder that `trainer ingest` wrote.
    #[arg(long)]
    pub data: PathBuf,
    /// Training settings in TOML; they override those of store.toml.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// A setting, such as --set learning_rate=1e-3 or --set features.exclude=popularity; repeatable.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "auto")]
    pub device: DeviceName,
}

/// One training.
#[derive(Clone, Debug, clap::Args)]
pub struct TrainArgs {
    #[command(flatten)]
    pub training: TrainingArgs,
    /// The run folder to write.
    #[arg(long)]
    pub out: PathBuf,
    /// Seed of every random number.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Continue from the run's last checkpoint.
    #[arg(long)]
    pub resume: bool,
    /// Passes over the training data; the same as --set epochs=N.
    #[arg(long)]
    pub epochs: Option<usize>,
    /// Print the parameters, memory, time and disk space that training would take, and stop.
    #[arg(long)]
    pub dry_run: bool,
    /// The fold of a cross-validation that is the test split.
    #[arg(skip)]
    pub fold: Option<Fold>,
    /// Print no message at the end: another command trains many runs.
    #[arg(skip)]
    pub quiet: bool,
}

impl TrainArgs {
    /// A training among many: quiet, from the start, with the usual splits.
    pub fn quiet(training: TrainingArgs, out: PathBuf, seed: u64) -> Self {
        Self { training, out, seed, resume: false, epochs: None, dry_run: false, fold: None, quiet: true }
    }

    /// The overrides of `--set` and `--epochs`.
    pub fn settings(&self) -> Vec<String> {
        let epochs = self.epochs.map(|epochs| format!("epochs={epochs}"));
        self.training.sets.iter().cloned().chain(epochs).collect()
    }
}
