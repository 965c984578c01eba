//! The training loop: shuffled batches, mixed losses, averaged weights, early stopping, checkpoints.

use std::path::Path;

use anyhow::bail;
use burn::{
    grad_clipping::GradientClippingConfig,
    optim::{AdamWConfig, GradientsParams},
    tensor::{Device, Tensor, TensorData},
};
use serde_json::json;
use windowshop_features::{FeatureExtractor, RankerInput};
use windowshop_model::{
    Ranker, RankerBatch,
    losses::{LambdaRankLoss, ListNetLoss, SquaredErrorLoss},
    weights::{self, Weights},
};
use windowshop_schema::TrainConfig;

use super::{
    checkpoint::{self, Checkpoint, Position},
    evaluate::{self, Protocol},
    lists::PreparedList,
    predict,
};
use crate::progress::Progress;

/// Share of all steps over which the learning rate rises to its peak.
const WARM_UP: f64 = 0.05;
/// Largest norm of a gradient.
const CLIP_NORM: f32 = 5.0;

/// What training works on.
pub struct Task<'a> {
    pub config: &'a TrainConfig,
    pub features: &'a FeatureExtractor,
    pub train: &'a [PreparedList],
    pub validation: &'a [PreparedList],
    pub protocol: Protocol,
    pub seed: u64,
    pub device: &'a Device,
    pub run: &'a Path,
    pub fingerprint: String,
}

/// The validation metric that decides, higher is better: −RMSE where scores are grades, else NDCG@10.
fn headline(evaluation: &evaluate::Evaluation, protocol: Protocol) -> f64 {
    match protocol.graded {
        true => evaluation.value("rmse").map_or(f64::MIN, |v| -v),
        false => evaluation.value("ndcg@10").unwrap_or(0.0),
    }
}

/// Trains until the epochs or the patience run out; returns the weights that validated best.
pub fn run(task: &Task, start: Ranker, resume: bool, progress: &mut Progress) -> anyhow::Result<Weights> {
    let config = task.config;
    let optimizer = AdamWConfig::new()
        .with_weight_decay(config.weight_decay as f32)
        .with_grad_clipping(Some(GradientClippingConfig::Norm(CLIP_NORM)))
        .init();
    let mut state = Checkpoint {
        position: Position { fingerprint: task.fingerprint.clone(), ..Default::default() },
        average: None,
        best: None,
        ranker: start.clone(),
        optimizer: optimizer.clone(),
    };
    if resume && let Some(saved) = checkpoint::load(task.run, start.clone(), optimizer.clone())? {
        if saved.position.fingerprint != task.fingerprint {
            bail!(
                "{}: the checkpoint belongs to other settings or other data; train into a new folder, or without --resume",
                task.run.display()
            );
        }
        state = saved;
        progress.event(&json!({"event": "resumed", "epoch": state.position.epoch, "step": state.position.step}))?;
    }
    let steps = task.train.len().div_ceil(config.batch_lists);
    progress.set((state.position.epoch * steps) as u64);
    while state.position.epoch < config.epochs && state.position.stale <= config.patience {
        epoch(task, &mut state, steps, progress)?;
        checkpoint::save(task.run, &state)?;
        // Every epoch starts from what is on the disk, so that a resumed run cannot differ from one that was never
        // interrupted: the memory layout of a tensor, which a file does not keep, changes how sums are rounded.
        state = checkpoint::load(task.run, start.clone(), optimizer.clone())?.expect("a checkpoint was just saved");
    }
    progress.finish();
    Ok(state.best.expect("at least one epoch was validated"))
}

fn epoch(task: &Task, state: &mut Checkpoint, steps: usize, progress: &mut Progress) -> anyhow::Result<()> {
    let config = task.config;
    let started = std::time::Instant::now();
    let number = state.position.epoch;
    let mut sum = 0.0;
    for (step, lists) in shuffled(task.train.len(), task.seed, number).chunks(config.batch_lists).enumerate() {
        // Every draw of this step, dropout among them, depends on seed, epoch and step alone.
        task.device.seed(key(task.seed, number as u64, step as u64));
        let loss = self::step(task, state, lists, steps)?;
        if !loss.is_finite() {
            bail!(
                "the loss is {loss} at epoch {} step {step}: the last checkpoint is kept; lower learning_rate, or look for odd values in the data",
                number + 1
            );
        }
        sum += loss;
        progress.step(format!("epoch {} loss {loss:.4}", number + 1));
    }
    let candidate = state.average.clone().unwrap_or_else(|| weights::save(&state.ranker));
    let evaluation = validate(task, &state.ranker, &candidate)?;
    let value = headline(&evaluation, task.protocol);
    let position = &mut state.position;
    position.epoch += 1;
    if position.best.is_none_or(|best| value > best) {
        position.best = Some(value);
        position.stale = 0;
        state.best = Some(candidate);
    } else {
        position.stale += 1;
    }
    let mut event = json!({
        "event": "epoch", "epoch": position.epoch, "loss": sum / steps as f64,
        "seconds": started.elapsed().as_secs_f64(),
        "lists_per_second": task.train.len() as f64 / started.elapsed().as_secs_f64(),
    });
    for (name, metric) in &evaluation.metrics {
        event[format!("validation_{name}")] = json!(metric.value);
    }
    progress.event(&event)
}

fn step(task: &Task, state: &mut Checkpoint, lists: &[usize], steps: usize) -> anyhow::Result<f64> {
    let config = task.config;
    let device = task.device.clone().autodiff();
    let lists: Vec<&PreparedList> = lists.iter().map(|&i| &task.train[i]).collect();
    let inputs: Vec<&RankerInput> = lists.iter().map(|list| &list.input).collect();
    let batch = RankerBatch::new(&inputs, task.features, &device);
    let [count, width] = batch.lists.list_mask.dims();
    let grades = padded(&lists, width, 0.0, &device);
    let gains =
        (padded(&lists, width, task.protocol.scale.min, &device) - task.protocol.scale.min) * std::f32::consts::LN_2;
    let gains = gains.exp() - 1.0;
    let scores = state.ranker.forward(&batch).scores;
    let mask = batch.lists.list_mask.clone();
    let mut loss = Tensor::<1>::zeros([1], &device);
    if config.loss_mse > 0.0 {
        loss = loss + SquaredErrorLoss.forward(scores.clone(), grades, mask.clone()) * config.loss_mse;
    }
    if config.loss_listnet > 0.0 {
        loss = loss + ListNetLoss.forward(scores.clone(), gains.clone(), mask.clone()) * config.loss_listnet;
    }
    if config.loss_lambdarank > 0.0 {
        loss = loss + LambdaRankLoss.forward(scores, gains, mask) * config.loss_lambdarank;
    }
    let value = f64::from(loss.clone().into_data().try_to_vec::<f32>().expect("a loss is f32")[0]);
    if !value.is_finite() {
        return Ok(value);
    }
    debug_assert_eq!(count, lists.len());
    let gradients = GradientsParams::from_grads(loss.backward(), &state.ranker);
    let rate = learning_rate(config, state.position.step, steps * config.epochs);
    state.ranker = state.optimizer.step(rate, state.ranker.clone(), gradients);
    state.position.step += 1;
    if config.ema_decay > 0.0 {
        average(&mut state.average, weights::save(&state.ranker), config.ema_decay, state.position.step);
    }
    Ok(value)
}

fn validate(task: &Task, ranker: &Ranker, weights: &Weights) -> anyhow::Result<evaluate::Evaluation> {
    let device = task.device;
    let ranker = weights::load(burn::module::Module::valid(ranker), weights, device)?;
    let scores = predict::scores(&ranker, task.validation, task.features, device);
    Ok(evaluate::evaluate(task.validation, &scores, task.protocol))
}

fn padded(lists: &[&PreparedList], width: usize, fill: f32, device: &Device) -> Tensor<2> {
    let mut values = vec![fill; lists.len() * width];
    for (row, list) in lists.iter().enumerate() {
        values[row * width..][..list.grades.len()].copy_from_slice(&list.grades);
    }
    Tensor::from_data(TensorData::new(values, [lists.len(), width]), device)
}

/// Linear warm-up, then half a cosine down to zero.
fn learning_rate(config: &TrainConfig, step: usize, total: usize) -> f64 {
    let done = step as f64 / total.max(1) as f64;
    let warm = (done / WARM_UP).min(1.0);
    config.learning_rate * warm.max(1e-3) * 0.5 * (1.0 + (std::f64::consts::PI * done.min(1.0)).cos())
}

/// Exponential average of the weights; young averages follow faster, so that the random start is forgotten.
fn average(average: &mut Option<Weights>, now: Weights, decay: f64, step: usize) {
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

/// Fisher-Yates with a counter-based generator.
fn shuffled(count: usize, seed: u64, epoch: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for i in (1..count).rev() {
        order.swap(i, (key(seed, epoch as u64, i as u64 | 1 << 40) % (i as u64 + 1)) as usize);
    }
    order
}

fn key(seed: u64, epoch: u64, step: u64) -> u64 {
    use windowshop_features::hash::combine;
    combine(combine(seed, epoch), step)
}
