//! The interface of the training tasks, and the [`driver`] that they share.

mod args;
mod driver;
mod name;

use std::path::PathBuf;

use anyhow::bail;
use burn::{module::Module, tensor::Device};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use windowshop_bundle::Bundle;
use windowshop_ingest::Dataset;
use windowshop_schema::{manifest::ModelCard, store::Train};

pub use args::{TrainArgs, TrainingArgs};
pub use driver::train;
pub use name::TaskName;

use crate::{
    learning::{optimise::Training, schedule::Schedule, split::Cut},
    progress::Progress,
    run::{Expansion, LOG, TrainedOn},
};

/// A network that `trainer train` trains. The driver calls the methods in this order.
pub trait Task: Sized {
    const NAME: TaskName;
    /// The settings, `[train.<task>]` in store.toml.
    type Config: Serialize + DeserializeOwned;
    type Network: Module;
    /// Weights, and whatever else is fitted to the training and validation splits.
    type Trained;

    /// The settings in store.toml.
    fn settings(store: &Train) -> &Self::Config;

    /// Refuses settings out of range.
    fn check(config: &Self::Config) -> anyhow::Result<()>;

    /// Reads and splits the data.
    fn prepare(job: &Job<'_, Self>) -> anyhow::Result<Self>;

    /// The untrained network. The driver has seeded the device.
    fn init(&self, job: &Job<'_, Self>, device: &Device) -> Self::Network;

    /// Parameters, memory, time and disk space of the training, one per line.
    fn estimate(&self, job: &Job<'_, Self>, start: &Self::Network) -> String;

    /// The facts about the data for the log, `run.json` and the model card.
    fn description(&self, job: &Job<'_, Self>) -> Description;

    /// Trains the network.
    fn train(
        &self,
        job: &Job<'_, Self>,
        training: &Training<'_>,
        start: &Self::Network,
        progress: &mut Progress,
    ) -> anyhow::Result<Self::Trained>;

    /// Calibrates the network on the validation split, evaluates it on the test split and writes its card around `card`.
    fn evaluate(
        self,
        job: &Job<'_, Self>,
        start: &Self::Network,
        trained: Self::Trained,
        card: ModelCard,
    ) -> anyhow::Result<Outcome>;
}

/// Facts about a task's data.
#[derive(Default)]
pub struct Description {
    /// Numbers of training, validation and test examples.
    pub sizes: [usize; 3],
    /// The limit of the network that its card states.
    pub limit: &'static str,
    /// How the training data were expanded.
    pub expansion: Option<Expansion>,
    /// Training data of the intent network that this network reads.
    pub intent: Option<TrainedOn>,
    /// The task's own fields of the start event in the log.
    pub event: Map<String, Value>,
    /// Identifies what training depends on besides dataset, settings and seed.
    pub fingerprint: String,
}

/// One training of a task: its arguments, its data and its settings.
pub struct Job<'a, T: Task> {
    pub args: &'a TrainArgs,
    pub dataset: Dataset,
    pub config: T::Config,
    pub schedule: Schedule,
    pub cut: Cut,
    pub device: Device,
}

/// A trained network with its metrics.
pub struct Outcome {
    pub output: Output,
    /// Metrics of the test split, for the log; `None` for a task that `trainer evaluate` alone can measure.
    pub test: Option<Map<String, Value>>,
    /// The command that the user may run next.
    pub next: String,
}

/// What a run writes.
pub enum Output {
    /// A bundle that can be exported.
    Bundle(Box<Bundle>),
    /// A file in the run folder.
    File(&'static str, Vec<u8>),
}

impl<T: Task> Job<'_, T> {
    /// The log of the run.
    pub fn log(&self) -> PathBuf {
        self.args.out.join(LOG)
    }

    /// Refuses cross-validation if the data define the test split.
    pub fn refuse_folds(&self, fixed: bool, why: &str) -> anyhow::Result<()> {
        if fixed && self.args.fold.is_some() {
            bail!(
                "{}: {why}: there is nothing to cross-validate; train with several seeds instead",
                self.args.training.data.display()
            );
        }
        Ok(())
    }

    /// The command that evaluates the run.
    pub fn evaluation(&self) -> String {
        let args = self.args;
        format!(
            "trainer evaluate {} --model {} --data {}",
            T::NAME.name(),
            args.out.display(),
            args.training.data.display()
        )
    }
}
