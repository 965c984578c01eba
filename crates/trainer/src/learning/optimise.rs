//! The training loop of every network: shuffled batches, averaged weights, early stopping, checkpoints.

use std::{collections::BTreeMap, path::Path, time::Instant};

use anyhow::bail;
use burn::{
    grad_clipping::GradientClippingConfig,
    module::Module,
    optim::{AdamWConfig, GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor},
};
use serde_json::json;
use windowshop_model::weights::{self, Weights};

use super::{
    batches::{epoch_key, shuffled, step_key},
    checkpoint::{self, Checkpoint},
    schedule::Schedule,
};
use crate::progress::Progress;

/// Largest norm of a gradient.
const CLIP_NORM: f32 = 5.0;

/// Metrics of one epoch.
pub struct Validation {
    /// The metric that selects the best epoch, higher is better; `None` selects the latest epoch.
    pub selection_metric: Option<f64>,
    /// Metrics for the log.
    pub metrics: BTreeMap<String, f64>,
}

/// A loss over examples that one optimizer minimises.
pub trait Objective {
    type Network: Module;

    /// Number of training examples.
    fn len(&self) -> usize;

    /// The batches of an epoch, from all examples in random order. `draw` is the random number of the epoch.
    fn batches(&self, order: Vec<usize>, size: usize, _draw: u64) -> Vec<Vec<usize>> {
        order.chunks(size).map(<[usize]>::to_vec).collect()
    }

    /// The loss of a batch, `[1]`, on an autodiff device.
    fn loss(&self, network: &Self::Network, examples: &[usize], device: &Device) -> Tensor<1>;

    /// Evaluates a network on the validation split, on a device without autodiff.
    fn validate(&self, network: &Self::Network) -> Validation;
}

/// Losses of one step by name, the first of them `loss`; `None` for a term that this step did not compute.
pub type Losses = Vec<(&'static str, Option<f64>)>;

/// Optimizer, step and validation of a training. [`Training::run`] makes one of an [`Objective`]; the GAN, which has two
/// losses, has its own.
pub trait Procedure {
    type Network: Module;

    /// What to change if a loss is not finite.
    const ADVICE: &'static str = "lower learning_rate, or look for odd values in the data";

    fn optimizer(&self) -> ModuleOptimizer;

    /// Steps of an epoch.
    fn steps(&self) -> usize;

    /// The batches of an epoch; `draw` is its random number.
    fn batches(&self, epoch: usize, draw: u64) -> Vec<Vec<usize>>;

    /// Updates the network and its average. `draw`, the random number of the step, decides every draw.
    fn step(&self, state: &mut Checkpoint<Self::Network>, batch: &[usize], draw: u64) -> Losses;

    /// The weights that are validated and kept.
    fn candidate(&self, state: &Checkpoint<Self::Network>) -> Weights;

    /// Evaluates the candidate after `epoch` epochs.
    fn validate(
        &self,
        state: &Checkpoint<Self::Network>,
        candidate: &Weights,
        epoch: usize,
    ) -> anyhow::Result<Validation>;
}

/// Settings, device and run folder of a training.
pub struct Training<'a> {
    pub schedule: Schedule,
    pub seed: u64,
    pub device: &'a Device,
    /// The folder of the checkpoint.
    pub run: &'a Path,
    /// Identifies settings and data: a checkpoint with another fingerprint cannot be resumed.
    pub fingerprint: String,
    pub resume: bool,
}

impl Training<'_> {
    /// Minimises an objective; returns the weights of the best epoch.
    ///
    /// # Errors
    /// If the loss is not finite, or the checkpoint to resume has another fingerprint.
    pub fn run<O: Objective>(
        &self,
        objective: &O,
        start: O::Network,
        progress: &mut Progress,
    ) -> anyhow::Result<Weights> {
        self.run_procedure(&Descent { objective, training: self }, start, progress)
    }

    /// Runs a procedure until the epochs or the patience run out; returns the weights of the best epoch.
    ///
    /// # Errors
    /// As [`Training::run`].
    pub fn run_procedure<P: Procedure>(
        &self,
        procedure: &P,
        start: P::Network,
        progress: &mut Progress,
    ) -> anyhow::Result<Weights> {
        let schedule = &self.schedule;
        let optimizer = procedure.optimizer();
        let fresh = Checkpoint::start(start.clone(), optimizer.clone(), &self.fingerprint);
        let mut state = if self.resume { checkpoint::resume(self.run, fresh, progress)? } else { fresh };
        progress.restart((procedure.steps() * schedule.epochs) as u64);
        progress.set((state.position.epoch * procedure.steps()) as u64);
        while state.position.epoch < schedule.epochs && state.position.stale <= schedule.patience {
            self.epoch(procedure, &mut state, progress)?;
            checkpoint::save(self.run, &state)?;
            // Every epoch starts from the saved checkpoint, so that a resumed run equals an uninterrupted one: a file does not
            // keep a tensor's memory layout, which changes how sums are rounded.
            state = checkpoint::load(self.run, start.clone(), optimizer.clone())?.expect("a checkpoint was just saved");
        }
        progress.finish();
        Ok(state.best.take().unwrap_or_else(|| procedure.candidate(&state)))
    }

    fn epoch<P: Procedure>(
        &self,
        procedure: &P,
        state: &mut Checkpoint<P::Network>,
        progress: &mut Progress,
    ) -> anyhow::Result<()> {
        let started = Instant::now();
        let number = state.position.epoch;
        let batches = procedure.batches(number, epoch_key(self.seed, number));
        let mut sums: Vec<(&str, f64, usize)> = Vec::new();
        for (step, batch) in batches.iter().enumerate() {
            let losses = procedure.step(state, batch, step_key(self.seed, number, step));
            if sums.is_empty() {
                sums = losses.iter().map(|(name, _)| (*name, 0.0, 0)).collect();
            }
            let mut message = format!("epoch {}", number + 1);
            for ((name, sum, count), loss) in sums.iter_mut().zip(losses.iter().map(|(_, loss)| *loss)) {
                let Some(loss) = loss else { continue };
                if !loss.is_finite() {
                    bail!(
                        "{name} is {loss} at epoch {} step {step}: the last checkpoint is kept; {}",
                        number + 1,
                        P::ADVICE
                    );
                }
                *sum += loss;
                *count += 1;
                message.push_str(&format!(" {name} {loss:.4}"));
            }
            progress.step(message);
        }
        let seconds = started.elapsed().as_secs_f64();
        let examples: usize = batches.iter().map(Vec::len).sum();
        let candidate = procedure.candidate(state);
        let validation = procedure.validate(state, &candidate, number + 1)?;
        let position = &mut state.position;
        position.epoch += 1;
        let better = match (validation.selection_metric, position.best) {
            (Some(metric), Some(best)) => metric > best,
            (None, _) | (_, None) => true,
        };
        if better {
            position.best = validation.selection_metric;
            position.stale = 0;
            state.best = Some(candidate);
        } else {
            position.stale += 1;
        }
        let mut event = json!({
            "event": "epoch", "epoch": position.epoch,
            "seconds": started.elapsed().as_secs_f64(), "examples_per_second": examples as f64 / seconds,
        });
        if let Some(metric) = validation.selection_metric {
            event["selection_metric"] = json!(metric);
        }
        for (name, sum, count) in sums {
            event[name] = json!(sum / count.max(1) as f64);
        }
        for (name, value) in &validation.metrics {
            event[format!("validation_{name}")] = json!(value);
        }
        progress.event(&event)
    }
}

/// AdamW on an objective.
struct Descent<'a, O> {
    objective: &'a O,
    training: &'a Training<'a>,
}

impl<O: Objective> Procedure for Descent<'_, O> {
    type Network = O::Network;

    fn optimizer(&self) -> ModuleOptimizer {
        AdamWConfig::new()
            .with_weight_decay(self.training.schedule.weight_decay as f32)
            .with_grad_clipping(Some(GradientClippingConfig::Norm(CLIP_NORM)))
            .init()
    }

    fn steps(&self) -> usize {
        self.objective.len().div_ceil(self.training.schedule.batch)
    }

    fn batches(&self, epoch: usize, draw: u64) -> Vec<Vec<usize>> {
        let order = shuffled(self.objective.len(), self.training.seed, epoch);
        self.objective.batches(order, self.training.schedule.batch, draw)
    }

    fn step(&self, state: &mut Checkpoint<O::Network>, batch: &[usize], draw: u64) -> Losses {
        let schedule = &self.training.schedule;
        // Every draw of this step, dropout included, depends on seed, epoch and step alone.
        self.training.device.seed(draw);
        let loss = self.objective.loss(&state.network, batch, &self.training.device.clone().autodiff());
        let value = f64::from(loss.clone().into_data().try_to_vec::<f32>().expect("a loss is f32")[0]);
        if value.is_finite() {
            let gradients = GradientsParams::from_grads(loss.backward(), &state.network);
            let rate = schedule.rate(state.position.step, self.steps() * schedule.epochs);
            state.network = state.optimizer.step(rate, state.network.clone(), gradients);
            state.position.step += 1;
            if schedule.ema_decay > 0.0 {
                average(&mut state.average, weights::save(&state.network), schedule.ema_decay, state.position.step);
            }
        }
        vec![("loss", Some(value))]
    }

    fn candidate(&self, state: &Checkpoint<O::Network>) -> Weights {
        state.average.clone().unwrap_or_else(|| weights::save(&state.network))
    }

    fn validate(
        &self,
        state: &Checkpoint<O::Network>,
        candidate: &Weights,
        _epoch: usize,
    ) -> anyhow::Result<Validation> {
        let network = weights::load(Module::valid(&state.network), candidate, self.training.device)?;
        Ok(self.objective.validate(&network))
    }
}

/// Updates an exponential average of the weights. Its decay is smaller over the first steps, so that the random start is
/// forgotten.
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
