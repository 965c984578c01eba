//! The ranker as a training task.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use windowshop_features::{FeatureExtractor, RankerInput};
use windowshop_model::{
    Ranker, RankerBatch,
    losses::{LambdaRankLoss, ListNetLoss, SquaredErrorLoss},
};
use windowshop_schema::RankerTrainConfig;

use super::{
    evaluate::{self, Evaluation, NDCG_CUTOFF, Protocol},
    lists::PreparedList,
    predict, propensity,
};
use crate::learning::optimise::{Objective, Validation};

/// Data and settings of a ranker training.
pub struct RankerLearner<'a> {
    pub config: &'a RankerTrainConfig,
    pub features: &'a FeatureExtractor,
    pub train: &'a [PreparedList],
    pub validation: &'a [PreparedList],
    pub protocol: Protocol,
    pub device: &'a Device,
}

/// The selection metric, higher is better: −RMSE for grades, else NDCG@10.
fn selection_metric(evaluation: &Evaluation, protocol: Protocol) -> f64 {
    match protocol.graded {
        true => evaluation.value("rmse").map_or(f64::MIN, |v| -v),
        false => evaluation.value("ndcg@10").unwrap_or(0.0),
    }
}

impl Objective for RankerLearner<'_> {
    type Network = Ranker;

    fn len(&self) -> usize {
        self.train.len()
    }

    fn loss(&self, ranker: &Ranker, lists: &[usize], device: &Device) -> Tensor<1> {
        let (config, scale) = (self.config, self.protocol.scale);
        let lists: Vec<&PreparedList> = lists.iter().map(|&i| &self.train[i]).collect();
        let inputs: Vec<&RankerInput> = lists.iter().map(|list| &list.input).collect();
        let batch = RankerBatch::new(&inputs, self.features, device);
        let [_, width] = batch.lists.list_mask.dims();
        let of_grades = |list: &PreparedList| list.grades.clone();
        let grades = padded(&lists, width, 0.0, device, of_grades);
        let weighted = lists.iter().any(|list| !list.weights.is_empty());
        let weights = weighted.then(|| padded(&lists, width, 0.0, device, |list| list.weights.clone()));
        let gains = (padded(&lists, width, scale.min, device, of_grades) - scale.min) * std::f32::consts::LN_2;
        let gains = gains.exp() - 1.0;
        let scores = ranker.forward(&batch).scores;
        let mask = batch.lists.list_mask.clone();
        let mut loss = Tensor::<1>::zeros([1], device);
        if config.loss_mse > 0.0 {
            loss = loss + SquaredErrorLoss.forward(scores.clone(), grades, mask.clone()) * config.loss_mse;
        }
        if config.loss_listnet > 0.0 {
            loss = loss
                + ListNetLoss.weighted(scores.clone(), gains.clone(), weights.clone(), mask.clone())
                    * config.loss_listnet;
        }
        if config.loss_lambdarank > 0.0 {
            loss = loss + LambdaRankLoss.weighted(scores, gains, weights, mask) * config.loss_lambdarank;
        }
        loss
    }

    fn validate(&self, ranker: &Ranker) -> Validation {
        let scores = predict::scores(ranker, self.validation, self.features, self.device);
        let evaluation = evaluate::evaluate(self.validation, &scores, self.protocol);
        let metrics: BTreeMap<String, f64> =
            evaluation.metrics.iter().map(|(name, metric)| (name.clone(), metric.value)).collect();
        // NDCG of clicks has position bias.
        let by_weight = self.validation.iter().any(|list| !list.weights.is_empty());
        let selection_metric = match by_weight {
            true => propensity::weighted_dcg(self.validation, &scores, NDCG_CUTOFF, self.protocol.scale).unwrap_or(0.0),
            false => selection_metric(&evaluation, self.protocol),
        };
        Validation { selection_metric: Some(selection_metric), metrics }
    }
}

/// `value` of every list as `[batch, width]`, padded with `fill`.
fn padded(
    lists: &[&PreparedList],
    width: usize,
    fill: f32,
    device: &Device,
    value: impl Fn(&PreparedList) -> Vec<f32>,
) -> Tensor<2> {
    let mut values = vec![fill; lists.len() * width];
    for (row, list) in lists.iter().enumerate() {
        values[row * width..][..list.grades.len()].copy_from_slice(&value(list));
    }
    Tensor::from_data(TensorData::new(values, [lists.len(), width]), device)
}
