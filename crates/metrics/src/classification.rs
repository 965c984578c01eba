//! Metrics of a classifier, with 95 % bootstrap intervals over rows or clusters of rows.
//!
//! | metric | better | undefined |
//! |---|---|---|
//! | `accuracy`, `macro_f1` | higher | 0 without rows |
//! | `log_loss`: mean −ln p(label), p at least 1e-7 | lower | 0 without rows |
//! | `ece`: [`calibration::expected_calibration_error`] | lower | 0 without rows |
//! | `precision`, `recall`, `f1` of the second of two classes | higher | 0 where the denominator is 0 |
//! | `auc`: area under the ROC curve, ties count ½ (Hanley & McNeil 1982) | higher | left out where a class has no rows |
//! | `auprc`: average precision, ties as one threshold | higher | left out without a row of the second class |

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use windowshop_schema::manifest::Metric;

pub use crate::predictions::Predictions;
use crate::{
    bootstrap::{self, Estimates, resample},
    calibration::{self, Bin},
};

/// Factors between the class weights that are tried, coarse then fine.
const WEIGHT_STEPS: [f32; 2] = [1.6, 1.1];
/// Powers of the factor that are tried, in either direction.
const WEIGHT_REACH: i32 = 8;
/// Passes over all classes with one factor.
const WEIGHT_ROUNDS: usize = 3;

/// Metrics by name, and the confusion matrix.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// Estimates by metric name.
    pub metrics: Estimates,
    /// Rows by `[true class][predicted class]`.
    pub confusion: Vec<Vec<u64>>,
    /// Bins of the reliability diagram.
    pub reliability: Vec<Bin>,
    /// Number of rows.
    pub rows: usize,
}

impl Predictions {
    /// Replaces the threshold (two classes) or the class weights (more) by those of the best macro F1 on these rows.
    pub fn tuned(self) -> Self {
        match self.classes {
            2 => Self { threshold: self.best_threshold(), ..self },
            _ => Self { class_weights: self.best_class_weights(), ..self },
        }
    }

    /// Replaces the threshold and the class weights by those of `other`.
    pub fn with_decision_of(self, other: &Predictions) -> Self {
        Self { threshold: other.threshold, class_weights: other.class_weights.clone(), ..self }
    }

    /// Every metric of the module's table with its interval.
    pub fn evaluate(&self, seed: u64) -> Evaluation {
        let rows = self.labels.len();
        let predicted: Vec<usize> = (0..rows).map(|row| self.predicted(row)).collect();
        let by_score = self.by_score();
        let measure = |counts: &[u32]| self.measure(&predicted, &by_score, counts);
        let mut metrics = resample(rows, &self.clusters, seed, measure);
        metrics.insert("ece".into(), calibration::expected_calibration_error(self, seed));
        let reliability = calibration::reliability(self);
        Evaluation { metrics, confusion: self.confusion(&predicted, &vec![1; rows]), reliability, rows }
    }

    /// The metrics without intervals and without `ece`.
    pub fn values(&self) -> Vec<(String, f64)> {
        let rows = self.labels.len();
        let predicted: Vec<usize> = (0..rows).map(|row| self.predicted(row)).collect();
        let metrics = self.measure(&predicted, &self.by_score(), &vec![1; rows]);
        metrics.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Of two classes, rows by falling probability of the second; else rows in order.
    fn by_score(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..self.labels.len()).collect();
        if self.classes == 2 {
            rows.sort_by(|&a, &b| self.probability(b, 1).total_cmp(&self.probability(a, 1)));
        }
        rows
    }

    fn confusion(&self, predicted: &[usize], counts: &[u32]) -> Vec<Vec<u64>> {
        let mut out = vec![vec![0; self.classes]; self.classes];
        for ((label, predicted), count) in self.labels.iter().zip(predicted).zip(counts) {
            out[*label][*predicted] += u64::from(*count);
        }
        out
    }

    /// Every metric of rows that occur `counts[i]` times.
    fn measure(&self, predicted: &[usize], by_score: &[usize], counts: &[u32]) -> Vec<(&'static str, f64)> {
        let confusion = self.confusion(predicted, counts);
        let all: u64 = confusion.iter().flatten().sum();
        let correct: u64 = (0..self.classes).map(|class| confusion[class][class]).sum();
        let ratio = |a: f64, b: f64| if b > 0.0 { a / b } else { 0.0 };
        let precision_recall_f1 = |class: usize| {
            let hits = confusion[class][class] as f64;
            let predicted: u64 = confusion.iter().map(|row| row[class]).sum();
            let actual: u64 = confusion[class].iter().sum();
            (ratio(hits, predicted as f64), ratio(hits, actual as f64), ratio(2.0 * hits, (predicted + actual) as f64))
        };
        let macro_f1 = (0..self.classes).map(|class| precision_recall_f1(class).2).sum::<f64>() / self.classes as f64;
        let negative_log = |(row, count): (usize, &u32)| {
            -f64::from(self.probability(row, self.labels[row]).max(1e-7)).ln() * f64::from(*count)
        };
        let log_loss = counts.iter().enumerate().map(negative_log).sum::<f64>() / all.max(1) as f64;
        let mut out =
            vec![("accuracy", ratio(correct as f64, all as f64)), ("macro_f1", macro_f1), ("log_loss", log_loss)];
        if self.classes == 2 {
            let (precision, recall, f1) = precision_recall_f1(1);
            let (auc, auprc) = self.areas(by_score, counts);
            out.extend([("precision", precision), ("recall", recall), ("f1", f1), ("auc", auc), ("auprc", auprc)]);
        }
        out
    }

    /// `auc` and `auprc`; NaN where undefined.
    fn areas(&self, by_score: &[usize], counts: &[u32]) -> (f64, f64) {
        let (mut hits, mut misses, mut auc, mut auprc) = (0.0f64, 0.0f64, 0.0f64, 0.0f64);
        let mut at = 0;
        while at < by_score.len() {
            let score = self.probability(by_score[at], 1);
            let (mut tied_hits, mut tied_misses) = (0.0, 0.0);
            while at < by_score.len() && self.probability(by_score[at], 1) == score {
                let row = by_score[at];
                let count = f64::from(counts[row]);
                if self.labels[row] == 1 {
                    tied_hits += count
                } else {
                    tied_misses += count
                }
                at += 1;
            }
            auc += tied_misses * (hits + tied_hits / 2.0);
            hits += tied_hits;
            misses += tied_misses;
            if hits > 0.0 {
                auprc += tied_hits * hits / (hits + misses);
            }
        }
        (
            if hits * misses > 0.0 { auc / (hits * misses) } else { f64::NAN },
            if hits > 0.0 { auprc / hits } else { f64::NAN },
        )
    }

    /// Class weights of the best macro F1, by coordinate search: one class's weight at a time.
    fn best_class_weights(&self) -> Vec<f32> {
        let mut found = Self { class_weights: vec![1.0; self.classes], ..self.clone() };
        let mut best = found.macro_f1();
        for step in WEIGHT_STEPS {
            for class in (0..self.classes).cycle().take(self.classes * WEIGHT_ROUNDS) {
                let start = found.class_weights[class];
                let mut kept = start;
                for power in -WEIGHT_REACH..=WEIGHT_REACH {
                    found.class_weights[class] = start * step.powi(power);
                    let reached = found.macro_f1();
                    if reached > best {
                        (best, kept) = (reached, found.class_weights[class]);
                    }
                }
                found.class_weights[class] = kept;
            }
        }
        found.class_weights
    }

    fn macro_f1(&self) -> f64 {
        let (mut hits, mut both) = (vec![0usize; self.classes], vec![0usize; self.classes]);
        for (row, &label) in self.labels.iter().enumerate() {
            let predicted = self.predicted(row);
            hits[label] += usize::from(predicted == label);
            both[label] += 1;
            both[predicted] += 1;
        }
        let f1 = |(&hits, &both): (&usize, &usize)| 2.0 * hits as f64 / both.max(1) as f64;
        hits.iter().zip(&both).map(f1).sum::<f64>() / self.classes as f64
    }

    /// The threshold of the best macro F1, halfway between two neighbouring probabilities.
    pub fn best_threshold(&self) -> f32 {
        let rows = self.labels.len();
        let by_score = self.by_score();
        let all: f64 = self.labels.iter().sum::<usize>() as f64;
        let (mut hits, mut best) = (0.0f64, (f64::MIN, 0.5f32));
        for (place, &row) in by_score.iter().enumerate() {
            hits += self.labels[row] as f64;
            let predicted = place as f64 + 1.0;
            let next = by_score.get(place + 1).map_or(0.0, |&next| self.probability(next, 1));
            let here = self.probability(row, 1);
            if here == next {
                continue;
            }
            let others = rows as f64 - all;
            let rejected = rows as f64 - predicted;
            let correct_rejections = others - (predicted - hits);
            let f1 = hits / (predicted + all).max(1.0) + correct_rejections / (rejected + others).max(1.0);
            if f1 > best.0 {
                best = (f1, (here + next) / 2.0);
            }
        }
        best.1
    }
}

impl Evaluation {
    /// The metrics as a model card stores them.
    pub fn to_card(&self) -> BTreeMap<String, Metric> {
        bootstrap::to_metrics(&self.metrics)
    }

    /// One JSON object: `<metric>`, `<metric>_ci95`, `n`, `confusion`, `reliability`.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut out = bootstrap::to_json(&self.metrics);
        out.insert("n".into(), json!(self.rows));
        out.insert("confusion".into(), json!(self.confusion));
        out.insert("reliability".into(), json!(self.reliability));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(rows: &[(usize, f32)]) -> Predictions {
        Predictions {
            classes: 2,
            labels: rows.iter().map(|(label, _)| *label).collect(),
            probabilities: rows.iter().flat_map(|(_, p)| [1.0 - p, *p]).collect(),
            threshold: 0.5,
            class_weights: Vec::new(),
            clusters: Vec::new(),
        }
    }

    impl Evaluation {
        fn value(&self, name: &str) -> Option<f64> {
            self.metrics.get(name).map(|m| m.value)
        }
    }

    #[test]
    fn metrics_match_the_worked_example() {
        // Scores 0.9 0.8 0.7 0.3 with labels 1 0 1 0.
        let found = binary(&[(1, 0.9), (0, 0.8), (1, 0.7), (0, 0.3)]).evaluate(1);
        let value = |name: &str| found.value(name).unwrap();
        assert_eq!(value("accuracy"), 0.75);
        assert_eq!(value("auc"), 0.75);
        assert!((value("auprc") - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-9);
        assert!((value("precision") - 2.0 / 3.0).abs() < 1e-9 && value("recall") == 1.0);
        assert!((value("macro_f1") - (0.8 + 2.0 / 3.0) / 2.0).abs() < 1e-9);
        assert_eq!(found.confusion, [[1, 1], [0, 2]]);
    }

    #[test]
    fn tied_probabilities_count_half_in_auc() {
        assert_eq!(binary(&[(1, 0.5), (0, 0.5)]).evaluate(1).value("auc"), Some(0.5));
    }

    #[test]
    fn the_threshold_with_the_best_macro_f1_is_found() {
        let predictions = binary(&[(1, 0.9), (1, 0.8), (0, 0.75), (0, 0.6), (0, 0.1)]);
        let threshold = predictions.best_threshold();
        assert!((0.75..0.8).contains(&threshold), "{threshold}");
        let tuned = Predictions { threshold, ..predictions };
        assert_eq!(tuned.evaluate(1).value("macro_f1"), Some(1.0));
    }

    #[test]
    fn of_three_classes_the_most_probable_is_predicted() {
        let predictions = Predictions {
            classes: 3,
            labels: vec![0, 1, 2],
            probabilities: vec![0.5, 0.3, 0.2, 0.2, 0.7, 0.1, 0.4, 0.3, 0.3],
            threshold: 0.5,
            class_weights: Vec::new(),
            clusters: Vec::new(),
        };
        let found = predictions.evaluate(1);
        assert!((found.value("accuracy").unwrap() - 2.0 / 3.0).abs() < 1e-9);
        assert!(found.value("auc").is_none());
    }

    #[test]
    fn tuned_class_weights_predict_a_class_that_is_never_the_most_probable() {
        let rows: Vec<(usize, [f32; 3])> = (0..60)
            .map(|i| match i % 6 {
                0 => (2, [0.6, 0.3, 0.1]),
                1 | 2 => (1, [0.3, 0.69, 0.01]),
                _ => (0, [0.7, 0.29, 0.01]),
            })
            .collect();
        let predictions = Predictions {
            classes: 3,
            labels: rows.iter().map(|(label, _)| *label).collect(),
            probabilities: rows.iter().flat_map(|(_, row)| *row).collect(),
            threshold: 0.5,
            class_weights: Vec::new(),
            clusters: Vec::new(),
        };
        assert!(predictions.macro_f1() < 0.7);
        let tuned = predictions.tuned();
        assert_eq!(tuned.macro_f1(), 1.0);
        assert_eq!(tuned.evaluate(1).value("macro_f1"), Some(1.0));
    }
}
