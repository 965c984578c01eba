//! The training objective of the sequence network.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};
use windowshop_features::{Blend, NextItem, hash::combine};
use windowshop_model::{Negatives, Sequence, SequenceBatch};
use windowshop_schema::SequenceTrainConfig;

use super::{
    corpus::{Corpus, NextItemQuery},
    model::Recommender,
    ranking,
};
use crate::learning::{
    batches::by_length,
    optimise::{Objective, Validation},
};

/// Negatives are drawn with probability proportional to this power of the item's frequency: 0 is uniform, 1 is by frequency.
const DRAW_POWER: f64 = 0.5;
/// Most validation queries of an epoch.
const VALIDATION_QUERIES: usize = 4_000;

/// Sampled softmax over the steps of the training sessions.
pub struct SequenceLearner<'a> {
    corpus: &'a Corpus,
    steps: Vec<(u32, u32)>,
    validation: Vec<NextItemQuery>,
    max_items: usize,
    negatives: usize,
    /// Cumulative probabilities of the items as negatives.
    drawn: Vec<f64>,
    device: &'a Device,
}

impl<'a> SequenceLearner<'a> {
    /// Trains on some sessions, and validates the network alone on some of `validation`.
    pub fn new(
        config: &SequenceTrainConfig,
        corpus: &'a Corpus,
        sessions: std::ops::Range<usize>,
        validation: &[NextItemQuery],
        device: &'a Device,
    ) -> Self {
        let mut counts = vec![0.0; corpus.ids.len()];
        for item in corpus.sessions[sessions.clone()].iter().flatten() {
            counts[*item as usize] += 1.0;
        }
        let weights = counts.iter().map(|count: &f64| count.powf(DRAW_POWER));
        let running = |sum: &mut f64, weight: f64| {
            *sum += weight;
            Some(*sum)
        };
        let drawn: Vec<f64> = weights.scan(0.0, running).collect();
        let total = drawn.last().copied().unwrap_or(1.0);
        Self {
            corpus,
            steps: corpus.steps(sessions),
            validation: spread(validation, VALIDATION_QUERIES),
            max_items: config.model.max_items,
            negatives: config.negatives,
            drawn: drawn.into_iter().map(|sum| sum / total).collect(),
            device,
        }
    }

    /// Draws negatives. The examples of the batch seed the draw, so equal batches have equal negatives.
    fn negatives(&self, examples: &[usize]) -> Negatives {
        let seed = examples.iter().fold(0, |seed, example| combine(seed, *example as u64));
        let draw = |n: usize| {
            let share = (combine(seed, n as u64) >> 11) as f64 / (1u64 << 53) as f64;
            self.drawn.partition_point(|sum| *sum <= share).min(self.drawn.len() - 1)
        };
        let items: Vec<usize> = (0..self.negatives).map(draw).collect();
        let expected = |item: &usize| {
            let before = item.checked_sub(1).map_or(0.0, |before| self.drawn[before]);
            ((self.drawn[*item] - before) * self.negatives as f64).ln() as f32
        };
        Negatives {
            log_expected: items.iter().map(expected).collect(),
            items: items.iter().map(|i| *i as i32).collect(),
        }
    }
}

impl Objective for SequenceLearner<'_> {
    type Network = Sequence;

    fn len(&self) -> usize {
        self.steps.len()
    }

    fn batches(&self, order: Vec<usize>, size: usize, draw: u64) -> Vec<Vec<usize>> {
        by_length(order, size, draw, |example| self.steps[example].1.min(self.max_items as u32))
    }

    fn loss(&self, network: &Sequence, examples: &[usize], device: &Device) -> Tensor<1> {
        let steps: Vec<(&[u32], u32)> = examples.iter().map(|&i| self.corpus.step(self.steps[i])).collect();
        let sessions: Vec<&[u32]> = steps.iter().map(|(session, _)| *session).collect();
        let next: Vec<i32> = steps.iter().map(|(_, next)| *next as i32).collect();
        network.loss(&SequenceBatch::new(&sessions, self.max_items, device), &next, &self.negatives(examples))
    }

    fn validate(&self, network: &Sequence) -> Validation {
        if self.validation.is_empty() {
            return Validation { selection_metric: Some(0.0), metrics: BTreeMap::new() };
        }
        let beside = NextItem { popularity: vec![0.0; self.corpus.ids.len()], ..Default::default() };
        let recommender =
            Recommender::new(network.clone(), beside, Blend::network_alone(), self.max_items, self.device);
        let metrics: BTreeMap<String, f64> =
            ranking::rank_queries(&recommender, &self.validation).values().into_iter().collect();
        Validation { selection_metric: Some(metrics["mrr@20"]), metrics }
    }
}

/// At most `most` of the queries, evenly spaced.
pub fn spread(queries: &[NextItemQuery], most: usize) -> Vec<NextItemQuery> {
    queries.iter().step_by(queries.len().div_ceil(most).max(1)).cloned().collect()
}
