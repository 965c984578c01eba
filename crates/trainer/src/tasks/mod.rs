//! The seven tasks, one file each. They are not in the folders of their networks, because some tasks use two of these: an
//! image network may learn from generated images, an intent network from generated rows.

mod gan;
mod image;
mod intent;
mod ranker;
mod sentiment;
mod sequence;
mod tabular;

use std::path::Path;

use serde_json::{Map, Value};
use windowshop_schema::store::Train;

pub use ranker::protocol;

use crate::{
    config,
    learning::schedule::Schedule,
    task::{self, Task, TaskName, TrainArgs},
};

/// Bytes of a parameter while training: weight, gradient, two moments, average and best, in f32.
const BYTES_PER_PARAMETER: usize = 24;

/// The operations of a task.
pub struct Registered {
    /// Trains it.
    pub train: fn(&TrainArgs) -> anyhow::Result<()>,
    /// Its settings: those of the store, overridden by a file and by assignments.
    pub config: fn(&Train, Option<&Path>, &[String]) -> anyhow::Result<Value>,
}

/// The task of a name.
pub fn of(name: TaskName) -> Registered {
    match name {
        TaskName::Ranker => registered::<ranker::RankerTask>(),
        TaskName::Sentiment => registered::<sentiment::SentimentTask>(),
        TaskName::Intent => registered::<intent::IntentTask>(),
        TaskName::Sequence => registered::<sequence::SequenceTask>(),
        TaskName::Image => registered::<image::ImageTask>(),
        TaskName::Tabular => registered::<tabular::TabularTask>(),
        TaskName::Gan => registered::<gan::GanTask>(),
    }
}

/// Trains the task that the arguments name.
pub fn train(args: &TrainArgs) -> anyhow::Result<()> {
    (of(args.training.task).train)(args)
}

fn registered<T: Task>() -> Registered {
    Registered {
        train: task::train::<T>,
        config: |store, file, sets| Ok(serde_json::to_value(config::training(T::settings(store), file, sets)?)?),
    }
}

/// Fields of the start event.
fn event<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

/// The estimate for a network that learns from `rows` rows.
fn estimate_rows(schedule: &Schedule, rows: usize, parameters: usize) -> String {
    let mib = (parameters * BYTES_PER_PARAMETER).div_ceil(1 << 20);
    format!(
        "rows        {rows} to train on\nparameters  {parameters}\nmemory      about {mib} MiB for weights and optimizer\ntime        {} epochs of {} steps\ndisk        about {mib} MiB for the checkpoint and the run's network",
        schedule.epochs,
        rows.div_ceil(schedule.batch),
    )
}
