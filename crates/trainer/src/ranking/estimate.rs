//! Resource estimate of a training, from one timed batch; for `--dry-run`.

use std::time::Instant;

use burn::{module::Module, tensor::Device};
use windowshop_features::FeatureExtractor;
use windowshop_model::{Ranker, RankerBatch};
use windowshop_schema::RankerTrainConfig;

use super::lists::PreparedList;

/// Time of forward, backward and optimiser relative to the forward pass.
const STEP_TO_FORWARD: f64 = 3.0;
/// Bytes per parameter: weight, gradient and two moments, in f32.
const BYTES_PER_PARAMETER: usize = 16;

/// Number of parameters, memory, time and disk, as text.
pub fn describe(
    config: &RankerTrainConfig,
    ranker: &Ranker,
    train: &[PreparedList],
    features: &FeatureExtractor,
    device: &Device,
) -> String {
    let parameters = ranker.num_params();
    let rows: usize = train.iter().map(|list| list.grades.len()).sum();
    let floats: usize = train.iter().flat_map(|list| &list.input.groups).map(Vec::len).sum();
    let plain = ranker.valid();
    let inputs: Vec<_> = train.iter().take(config.batch_lists).map(|list| &list.input).collect();
    let started = Instant::now();
    let scores = plain.forward(&RankerBatch::new(&inputs, features, device)).scores;
    let _ = scores.into_data();
    let steps = train.len().div_ceil(config.batch_lists) * config.epochs;
    let seconds = started.elapsed().as_secs_f64() * STEP_TO_FORWARD * steps as f64;
    let mib = |bytes: usize| bytes as f64 / (1 << 20) as f64;
    format!(
        "lists       {} ({rows} items)\nparameters  {parameters}\nmemory      about {:.0} MiB for features and optimizer\ntime        about {:.0} s at most: {} epochs of {} steps, the first batch timed\ndisk        about {:.0} MiB for the checkpoint and the run's bundle",
        train.len(),
        mib(floats * 4 + parameters * BYTES_PER_PARAMETER),
        seconds,
        config.epochs,
        steps / config.epochs,
        mib(parameters * 5 * 4),
    )
}
