//! What training would take, measured on one batch: for `--dry-run`.

use std::time::Instant;

use burn::{module::Module, tensor::Device};
use windowshop_features::FeatureExtractor;
use windowshop_model::{Ranker, RankerBatch};
use windowshop_schema::RankerTrainConfig;

use super::lists::PreparedList;

/// Backward and optimizer beside the forward pass, by count of multiplications.
const STEP_TO_FORWARD: f64 = 3.0;
/// Weights, gradient and two moments, in f32.
const BYTES_A_PARAMETER: usize = 16;

/// Parameters, memory, time and disk, as readable lines.
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
        mib(floats * 4 + parameters * BYTES_A_PARAMETER),
        seconds,
        config.epochs,
        steps / config.epochs,
        mib(parameters * 5 * 4),
    )
}
