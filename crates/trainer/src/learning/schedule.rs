//! Training settings that every task has.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::split::{Cut, Fold};

/// Share of all steps over which the learning rate rises to its peak.
const WARM_UP: f64 = 0.05;

/// Epochs, batch size and optimizer settings of one training.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Schedule {
    /// Passes over the training examples.
    pub epochs: usize,
    /// Examples per step.
    #[serde(alias = "batch_lists")]
    pub batch: usize,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Decoupled weight decay; 0 for a task without this setting.
    #[serde(default)]
    pub weight_decay: f64,
    /// Epochs without a better validation metric before training stops.
    #[serde(default)]
    pub patience: usize,
    /// Decay of the averaged weights, 0 (off) to 1.
    pub ema_decay: f64,
}

/// Shares of the data that are held out.
#[derive(Clone, Copy, Debug, Deserialize)]
struct HeldOut {
    validation_share: f64,
    /// 0 for a task whose dataset marks its test data.
    #[serde(default)]
    test_share: f64,
}

impl Schedule {
    /// Reads the schedule from a task's settings.
    ///
    /// # Errors
    /// If `epochs` or `batch` is 0.
    pub fn of(config: &impl Serialize) -> anyhow::Result<Self> {
        let schedule = Self::deserialize(serde_json::to_value(config)?)?;
        let Self { epochs, batch, .. } = schedule;
        if epochs == 0 || batch == 0 {
            bail!("batch {batch}, epochs {epochs}: expected at least 1 each");
        }
        Ok(schedule)
    }

    /// The learning rate of a step: linear warm-up, then half a cosine down to 0.
    pub fn rate(&self, step: usize, total: usize) -> f64 {
        let done = step as f64 / total.max(1) as f64;
        let warm = (done / WARM_UP).min(1.0);
        self.learning_rate * warm.max(1e-3) * 0.5 * (1.0 + (std::f64::consts::PI * done.min(1.0)).cos())
    }
}

/// The cut of the data into splits that a task's settings describe.
///
/// # Errors
/// If the shares leave no validation or no training data.
pub fn cut(config: &impl Serialize, seed: u64, fold: Option<Fold>) -> anyhow::Result<Cut> {
    let held_out: HeldOut = serde_json::from_value(serde_json::to_value(config)?).context("shares of the splits")?;
    let HeldOut { validation_share, test_share } = held_out;
    if validation_share <= 0.0 || test_share < 0.0 || validation_share + test_share >= 1.0 {
        bail!(
            "validation_share {validation_share} and test_share {test_share}: expected validation_share above 0, test_share at least 0, and a sum below 1"
        );
    }
    let cut = Cut { seed, validation_share, test_share, fold_offset: 0.0 };
    Ok(fold.map_or(cut, |fold| cut.fold(fold)))
}

#[cfg(test)]
mod tests {
    use windowshop_schema::store::Train;

    use super::*;

    #[test]
    fn every_task_has_a_schedule_and_a_cut() {
        let train = serde_json::to_value(Train::default()).unwrap();
        for (task, config) in train.as_object().unwrap() {
            let schedule = Schedule::of(config).unwrap_or_else(|error| panic!("{task}: {error}"));
            assert_eq!(Some(schedule.learning_rate), config["learning_rate"].as_f64(), "{task}");
            assert_eq!(Some(schedule.ema_decay), config["ema_decay"].as_f64(), "{task}");
            let cut = cut(config, 7, None).unwrap();
            assert_eq!(Some(cut.validation_share), config["validation_share"].as_f64(), "{task}");
        }
        assert_eq!(Schedule::of(&train["ranker"]).unwrap().batch, 32);
    }
}
