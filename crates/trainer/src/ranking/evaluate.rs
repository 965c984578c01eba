//! Metrics of the ranker over a set of lists, with bootstrap intervals over lists.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use windowshop_metrics::{
    bootstrap::{self, Estimates, Ratio},
    ranking::{ScoredList, average_precision, ndcg_at, pairs, reciprocal_rank},
};
use windowshop_schema::{GradeScale, manifest::Metric};

use super::lists::PreparedList;

/// Cutoff of NDCG.
pub const NDCG_CUTOFF: usize = 10;
/// Graded lists with fewer rows are skipped.
const SMALLEST_GRADED_LIST: usize = 5;

/// Metrics by name, and the number of lists.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// Estimates by metric name.
    pub metrics: Estimates,
    /// Number of lists.
    pub lists: usize,
    /// Number of lists without ranking metrics under the protocol.
    pub skipped: usize,
}

/// Interpretation of the labels of a dataset.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    /// Range of the grades.
    pub scale: GradeScale,
    /// Whether the order of a list is the shop's ranking.
    pub shop_order: bool,
    /// Whether a list without a relevant item counts 0 instead of being skipped, as in next-item prediction.
    pub absent_counts_zero: bool,
    /// Whether scores are on the scale of the grades, so that RMSE is defined.
    pub graded: bool,
    /// Seed of the bootstrap.
    pub seed: u64,
}

/// NDCG@10 of a list; `None` where the protocol skips it.
pub fn ndcg(list: &PreparedList, scores: &[f32], protocol: Protocol) -> Option<f64> {
    let constant = || list.grades.iter().all(|grade| *grade == list.grades[0]);
    if protocol.graded && (list.grades.len() < SMALLEST_GRADED_LIST || constant()) {
        return None;
    }
    let ndcg = ndcg_at(NDCG_CUTOFF, &ScoredList { scores, grades: &list.grades, scale: protocol.scale });
    if protocol.absent_counts_zero { ndcg.or(Some(0.0)) } else { ndcg }
}

/// Computes the metrics that the protocol defines. Items of equal score count in expectation over their orders.
pub fn evaluate(lists: &[PreparedList], scores: &[Vec<f32>], protocol: Protocol) -> Evaluation {
    let mut ratios: BTreeMap<&str, Ratio> = BTreeMap::new();
    let mut skipped = 0;
    for (list, scores) in lists.iter().zip(scores) {
        let mut add = |name, numerator, denominator| ratios.entry(name).or_default().add(numerator, denominator);
        let scored = ScoredList { scores, grades: &list.grades, scale: protocol.scale };
        let (correct, all) = pairs(&scored);
        if protocol.graded {
            let error = |(s, g): (&f32, &f32)| f64::from(s.clamp(protocol.scale.min, protocol.scale.max) - g).powi(2);
            add("rmse", scores.iter().zip(&list.grades).map(error).sum(), scores.len() as f64);
        }
        if all > 0.0 {
            add("pairwise_accuracy", correct, all);
        }
        let Some(ndcg) = ndcg(list, scores, protocol) else {
            skipped += 1;
            continue;
        };
        add("ndcg@10", ndcg, 1.0);
        add("mrr", reciprocal_rank(&scored).unwrap_or(0.0), 1.0);
        add("map", average_precision(&scored).unwrap_or(0.0), 1.0);
        if protocol.shop_order {
            let display_order: Vec<f32> = (0..scores.len()).map(|i| -(i as f32)).collect();
            let shop = ndcg_at(NDCG_CUTOFF, &ScoredList { scores: &display_order, ..scored }).unwrap_or(0.0);
            add("ndcg@10_shop", shop, 1.0);
            add("ndcg@10_lift", ndcg - shop, 1.0);
            add("worse_than_shop_rate", f64::from(ndcg < shop), 1.0);
        }
    }
    let estimate = |(name, ratio): (&str, Ratio)| {
        let transform: fn(f64) -> f64 = if name == "rmse" { f64::sqrt } else { |v| v };
        Some((name.to_owned(), ratio.estimate(protocol.seed, transform)?))
    };
    Evaluation { metrics: ratios.into_iter().filter_map(estimate).collect(), lists: lists.len(), skipped }
}

impl Evaluation {
    /// The value of a metric, if defined.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.metrics.get(name).map(|m| m.value)
    }

    /// The metrics as a model card stores them.
    pub fn to_card(&self) -> BTreeMap<String, Metric> {
        bootstrap::to_metrics(&self.metrics)
    }

    /// One flat JSON object: `<metric>`, `<metric>_ci95`, `n`, `n_skipped`.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut out = bootstrap::to_json(&self.metrics);
        out.insert("n".into(), json!(self.lists));
        out.insert("n_skipped".into(), json!(self.skipped));
        out
    }
}
