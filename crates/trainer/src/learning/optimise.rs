//! The training loop of every network: shuffled batches, averaged weights, early stopping, checkpoints.

use std::{collections::BTreeMap, path::Path, time::Instant};

use anyhow::bail;
use burn::{
    grad_clipping::GradientClippingConfig,
    module::Module,
    optim::{AdamWConfig, GradientsParams},
    tensor::{Device, Tensor},
};
use serde_json::json;
use windowshop_features::hash::combine;
use windowshop_model::weights::{self, Weights};

use super::checkpoint::{self, Checkpoint};
use crate::progress::Progress;

/// Share of all steps over which the learning rate rises to its peak.
const WARM_UP: f64 = 0.05;
/// Batches whose examples are sorted by length together.
const POOL: usize = 40;
/// Largest norm of a gradient.
const CLIP_NORM: f32 = 5.0;

/// How a network is trained, whatever it learns.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Passes over the examples.
    pub epochs: usize,
    /// Examples a step.
    pub batch: usize,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Epochs without a better validation before training stops.
    pub patience: usize,
    /// Decay of the averaged weights, 0 (off) to 1.
    pub ema_decay: f64,
}

/// What validation found.
pub struct Validation {
    /// What decides, higher is better.
    pub selection_metric: f64,
    /// For the log.
    pub metrics: BTreeMap<String, f64>,
}

/// A network that learns from examples.
pub trait TrainTask {
    type Network: Module;

    /// Number of training examples.
    fn len(&self) -> usize;

    /// The batches of an epoch, from all examples in random order. `draw` is this epoch's random number.
    fn batches(&self, order: Vec<usize>, size: usize, _draw: u64) -> Vec<Vec<usize>> {
        order.chunks(size).map(<[usize]>::to_vec).collect()
    }

    /// The loss of some examples, `[1]`, on a device that differentiates.
    fn loss(&self, network: &Self::Network, examples: &[usize], device: &Device) -> Tensor<1>;

    /// How good a network is, on a device that does not differentiate.
    fn validate(&self, network: &Self::Network) -> Validation;
}

/// Where and how a training runs.
pub struct Training<'a> {
    pub schedule: Schedule,
    pub seed: u64,
    pub device: &'a Device,
    pub run: &'a Path,
    /// Of the settings and the data: a run of others cannot be resumed.
    pub fingerprint: String,
    pub resume: bool,
}

impl Training<'_> {
    /// Steps of an epoch.
    pub fn steps(&self, examples: usize) -> usize {
        examples.div_ceil(self.schedule.batch)
    }

    /// Trains until the epochs or the patience run out; returns the weights that validated best.
    pub fn run<L: TrainTask>(
        &self,
        learner: &L,
        start: L::Network,
        progress: &mut Progress,
    ) -> anyhow::Result<Weights> {
        let schedule = &self.schedule;
        let optimizer = AdamWConfig::new()
            .with_weight_decay(schedule.weight_decay as f32)
            .with_grad_clipping(Some(GradientClippingConfig::Norm(CLIP_NORM)))
            .init();
        let fresh = Checkpoint::start(start.clone(), optimizer.clone(), &self.fingerprint);
        let mut state = if self.resume { checkpoint::resume(self.run, fresh, progress)? } else { fresh };
        progress.set((state.position.epoch * self.steps(learner.len())) as u64);
        while state.position.epoch < schedule.epochs && state.position.stale <= schedule.patience {
            self.epoch(learner, &mut state, progress)?;
            checkpoint::save(self.run, &state)?;
            // Every epoch starts from what is on the disk, so that a resumed run cannot differ from one that was never
            // interrupted: the memory layout of a tensor, which a file does not keep, changes how sums are rounded.
            state = checkpoint::load(self.run, start.clone(), optimizer.clone())?.expect("a checkpoint was just saved");
        }
        progress.finish();
        Ok(state.best.expect("at least one epoch was validated"))
    }

    fn epoch<L: TrainTask>(
        &self,
        learner: &L,
        state: &mut Checkpoint<L::Network>,
        progress: &mut Progress,
    ) -> anyhow::Result<()> {
        let started = Instant::now();
        let number = state.position.epoch;
        let (examples, size) = (learner.len(), self.schedule.batch);
        let mut sum = 0.0;
        let order = shuffled(examples, self.seed, number);
        let batches = learner.batches(order, size, key(self.seed, number as u64, 1 << 41));
        for (step, batch) in batches.iter().enumerate() {
            // Every draw of this step, dropout among them, depends on seed, epoch and step alone.
            self.device.seed(key(self.seed, number as u64, step as u64));
            let loss = self.step(learner, state, batch)?;
            if !loss.is_finite() {
                bail!(
                    "the loss is {loss} at epoch {} step {step}: the last checkpoint is kept; lower learning_rate, or look for odd values in the data",
                    number + 1
                );
            }
            sum += loss;
            progress.step(format!("epoch {} loss {loss:.4}", number + 1));
        }
        let seconds = started.elapsed().as_secs_f64();
        let candidate = state.average.clone().unwrap_or_else(|| weights::save(&state.network));
        let network = weights::load(Module::valid(&state.network), &candidate, self.device)?;
        let validation = learner.validate(&network);
        let position = &mut state.position;
        position.epoch += 1;
        if position.best.is_none_or(|best| validation.selection_metric > best) {
            position.best = Some(validation.selection_metric);
            position.stale = 0;
            state.best = Some(candidate);
        } else {
            position.stale += 1;
        }
        let mut event = json!({
            "event": "epoch", "epoch": position.epoch, "loss": sum / batches.len() as f64, "selection_metric": validation.selection_metric,
            "seconds": started.elapsed().as_secs_f64(), "examples_per_second": examples as f64 / seconds,
        });
        for (name, value) in &validation.metrics {
            event[format!("validation_{name}")] = json!(value);
        }
        progress.event(&event)
    }

    fn step<L: TrainTask>(
        &self,
        learner: &L,
        state: &mut Checkpoint<L::Network>,
        batch: &[usize],
    ) -> anyhow::Result<f64> {
        let schedule = &self.schedule;
        let loss = learner.loss(&state.network, batch, &self.device.clone().autodiff());
        let value = f64::from(loss.clone().into_data().try_to_vec::<f32>().expect("a loss is f32")[0]);
        if !value.is_finite() {
            return Ok(value);
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &state.network);
        let rate = learning_rate(schedule, state.position.step, self.steps(learner.len()) * schedule.epochs);
        state.network = state.optimizer.step(rate, state.network.clone(), gradients);
        state.position.step += 1;
        if schedule.ema_decay > 0.0 {
            average(&mut state.average, weights::save(&state.network), schedule.ema_decay, state.position.step);
        }
        Ok(value)
    }
}

/// Linear warm-up, then half a cosine down to zero.
fn learning_rate(schedule: &Schedule, step: usize, total: usize) -> f64 {
    let done = step as f64 / total.max(1) as f64;
    let warm = (done / WARM_UP).min(1.0);
    schedule.learning_rate * warm.max(1e-3) * 0.5 * (1.0 + (std::f64::consts::PI * done.min(1.0)).cos())
}

/// Exponential average of the weights; young averages follow faster, so that the random start is forgotten.
pub fn average(average: &mut Option<Weights>, now: Weights, decay: f64, step: usize) {
    let Some(old) = average else {
        *average = Some(now);
        return;
    };
    let keep = decay.min((step as f64 + 1.0) / (step as f64 + 10.0)) as f32;
    for (name, weight) in now {
        let old = old.get_mut(&name).expect("the same network");
        for (a, b) in old.values.iter_mut().zip(weight.values) {
            *a = *a * keep + b * (1.0 - keep);
        }
    }
}

/// Batches of examples of about one length, so that a batch is not mostly padding, in an order that `draw` decides.
pub fn by_length<K: Ord>(order: Vec<usize>, size: usize, draw: u64, length: impl Fn(usize) -> K) -> Vec<Vec<usize>> {
    let sorted: Vec<usize> = order
        .chunks(size * POOL)
        .flat_map(|pool| {
            let mut pool = pool.to_vec();
            pool.sort_by_key(|&example| length(example));
            pool
        })
        .collect();
    let batches: Vec<Vec<usize>> = sorted.chunks(size).map(<[usize]>::to_vec).collect();
    shuffled(batches.len(), draw, 0).into_iter().map(|i| batches[i].clone()).collect()
}

/// Fisher-Yates with a counter-based generator.
pub fn shuffled(count: usize, seed: u64, epoch: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for i in (1..count).rev() {
        order.swap(i, (key(seed, epoch as u64, i as u64 | 1 << 40) % (i as u64 + 1)) as usize);
    }
    order
}

fn key(seed: u64, epoch: u64, step: u64) -> u64 {
    combine(combine(seed, epoch), step)
}
