//! Metrics of a classifier with 95 % bootstrap intervals over rows.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use windowshop_schema::manifest::Metric;

use super::calibration::{self, Bin};
use crate::learning::bootstrap::{self, Estimates, resample};

/// The search for class weights: factors, powers of them tried on either side, and turns of every class.
const WEIGHT_STEPS: [f32; 2] = [1.6, 1.1];
const WEIGHT_REACH: i32 = 8;
const WEIGHT_ROUNDS: usize = 3;

/// What a classifier said about some rows.
#[derive(Clone, Debug)]
pub struct Predictions {
    /// Number of classes.
    pub classes: usize,
    /// The class of each row.
    pub labels: Vec<usize>,
    /// `[rows, classes]`, each row summing to 1.
    pub probabilities: Vec<f32>,
    /// Of two classes the second is named from this probability on.
    pub threshold: f32,
    /// Of more classes, what each probability is multiplied with before the largest is named; empty: 1.
    pub class_weights: Vec<f32>,
}

/// Metrics by name, and the confusion matrix.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// Value and interval by metric name.
    pub metrics: Estimates,
    /// `[true class][named class]`
    pub confusion: Vec<Vec<u64>>,
    /// What was said, and how often it was so.
    pub reliability: Vec<Bin>,
    /// Rows judged.
    pub rows: usize,
}

impl Predictions {
    /// The probability of a class in a row.
    pub fn probability(&self, row: usize, class: usize) -> f32 {
        self.probabilities[row * self.classes + class]
    }

    /// The class that is named for a row.
    pub fn named(&self, row: usize) -> usize {
        if self.classes == 2 {
            return usize::from(self.probability(row, 1) >= self.threshold);
        }
        let row = &self.probabilities[row * self.classes..][..self.classes];
        let worth = |class: usize| row[class] * self.class_weights.get(class).unwrap_or(&1.0);
        (0..self.classes).max_by(|&a, &b| worth(a).total_cmp(&worth(b)).then(b.cmp(&a))).unwrap_or(0)
    }

    /// The same with the threshold, or of more than two classes the weights, of the best macro F1.
    pub fn tuned(self) -> Self {
        match self.classes {
            2 => Self { threshold: self.best_threshold(), ..self },
            _ => Self { class_weights: self.best_class_weights(), ..self },
        }
    }

    /// The same with the threshold and the weights of `other`.
    pub fn named_as(self, other: &Predictions) -> Self {
        Self { threshold: other.threshold, class_weights: other.class_weights.clone(), ..self }
    }

    /// `accuracy macro_f1 log_loss ece`, and for two classes `precision recall f1 auc auprc` of the second.
    pub fn evaluate(&self, seed: u64) -> Evaluation {
        self.evaluate_by(&(0..self.labels.len() as u32).collect::<Vec<_>>(), seed)
    }

    /// The same with intervals over `units`: for each row the number of what is drawn as a whole.
    pub fn evaluate_by(&self, units: &[u32], seed: u64) -> Evaluation {
        let rows = self.labels.len();
        let named: Vec<usize> = (0..rows).map(|row| self.named(row)).collect();
        let by_score = self.by_score();
        let measure = |counts: &[u32]| self.measure(&named, &by_score, counts);
        let mut metrics = resample(units, seed, measure);
        metrics.insert("ece".into(), calibration::error(self, units, seed));
        let reliability = calibration::reliability(self);
        Evaluation { metrics, confusion: self.confusion(&named, &vec![1; rows]), reliability, rows }
    }

    /// The values alone.
    pub fn values(&self) -> Vec<(String, f64)> {
        let rows = self.labels.len();
        let named: Vec<usize> = (0..rows).map(|row| self.named(row)).collect();
        let metrics = self.measure(&named, &self.by_score(), &vec![1; rows]);
        metrics.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// Rows from the likeliest to be of the second of two classes down.
    fn by_score(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..self.labels.len()).collect();
        if self.classes == 2 {
            rows.sort_by(|&a, &b| self.probability(b, 1).total_cmp(&self.probability(a, 1)));
        }
        rows
    }

    fn confusion(&self, named: &[usize], counts: &[u32]) -> Vec<Vec<u64>> {
        let mut out = vec![vec![0; self.classes]; self.classes];
        for ((label, named), count) in self.labels.iter().zip(named).zip(counts) {
            out[*label][*named] += u64::from(*count);
        }
        out
    }

    /// Every metric where row `i` is there `counts[i]` times.
    fn measure(&self, named: &[usize], by_score: &[usize], counts: &[u32]) -> Vec<(&'static str, f64)> {
        let confusion = self.confusion(named, counts);
        let all: u64 = confusion.iter().flatten().sum();
        let right: u64 = (0..self.classes).map(|class| confusion[class][class]).sum();
        let ratio = |a: f64, b: f64| if b > 0.0 { a / b } else { 0.0 };
        let parts = |class: usize| {
            let hit = confusion[class][class] as f64;
            let named: u64 = confusion.iter().map(|row| row[class]).sum();
            let there: u64 = confusion[class].iter().sum();
            (ratio(hit, named as f64), ratio(hit, there as f64), ratio(2.0 * hit, (named + there) as f64))
        };
        let macro_f1 = (0..self.classes).map(|class| parts(class).2).sum::<f64>() / self.classes as f64;
        let surprise = |(row, count): (usize, &u32)| {
            -f64::from(self.probability(row, self.labels[row]).max(1e-7)).ln() * f64::from(*count)
        };
        let log_loss = counts.iter().enumerate().map(surprise).sum::<f64>() / all.max(1) as f64;
        let mut out =
            vec![("accuracy", ratio(right as f64, all as f64)), ("macro_f1", macro_f1), ("log_loss", log_loss)];
        if self.classes == 2 {
            let (precision, recall, f1) = parts(1);
            let (auc, auprc) = self.areas(by_score, counts);
            out.extend([("precision", precision), ("recall", recall), ("f1", f1), ("auc", auc), ("auprc", auprc)]);
        }
        out
    }

    /// Areas under the ROC curve (ties count ½) and under precision over recall (average precision).
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

    /// The weights with the best macro F1, found by changing one class's weight at a time.
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
            let named = self.named(row);
            hits[label] += usize::from(named == label);
            both[label] += 1;
            both[named] += 1;
        }
        let f1 = |(&hits, &both): (&usize, &usize)| 2.0 * hits as f64 / both.max(1) as f64;
        hits.iter().zip(&both).map(f1).sum::<f64>() / self.classes as f64
    }

    /// The threshold with the best macro F1.
    pub fn best_threshold(&self) -> f32 {
        let rows = self.labels.len();
        let by_score = self.by_score();
        let all: f64 = self.labels.iter().sum::<usize>() as f64;
        let (mut hits, mut best) = (0.0f64, (f64::MIN, 0.5f32));
        for (place, &row) in by_score.iter().enumerate() {
            hits += self.labels[row] as f64;
            let named = place as f64 + 1.0;
            let next = by_score.get(place + 1).map_or(0.0, |&next| self.probability(next, 1));
            let here = self.probability(row, 1);
            if here == next {
                continue;
            }
            let others = rows as f64 - all;
            let rejected = rows as f64 - named;
            let right_rejections = others - (named - hits);
            let f1 = hits / (named + all).max(1.0) + right_rejections / (rejected + others).max(1.0);
            if f1 > best.0 {
                best = (f1, (here + next) / 2.0);
            }
        }
        best.1
    }
}

impl Evaluation {
    /// For a model's card.
    pub fn to_card(&self) -> BTreeMap<String, Metric> {
        bootstrap::to_metrics(&self.metrics)
    }

    /// One JSON object: values, `<metric>_ci95`, `n`, `confusion`, `reliability`.
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
    fn equal_scores_count_half() {
        assert_eq!(binary(&[(1, 0.5), (0, 0.5)]).evaluate(1).value("auc"), Some(0.5));
    }

    #[test]
    fn the_threshold_with_the_best_macro_f1_is_found() {
        let predictions = binary(&[(1, 0.9), (1, 0.8), (0, 0.75), (0, 0.6), (0, 0.1)]);
        let threshold = predictions.best_threshold();
        assert!((0.75..0.8).contains(&threshold), "{threshold}");
        let named = Predictions { threshold, ..predictions };
        assert_eq!(named.evaluate(1).value("macro_f1"), Some(1.0));
    }

    #[test]
    fn of_three_classes_the_likeliest_is_named() {
        let predictions = Predictions {
            classes: 3,
            labels: vec![0, 1, 2],
            probabilities: vec![0.5, 0.3, 0.2, 0.2, 0.7, 0.1, 0.4, 0.3, 0.3],
            threshold: 0.5,
            class_weights: Vec::new(),
        };
        let found = predictions.evaluate(1);
        assert!((found.value("accuracy").unwrap() - 2.0 / 3.0).abs() < 1e-9);
        assert!(found.value("auc").is_none());
    }

    #[test]
    fn a_class_that_is_never_the_likeliest_is_named_where_its_weight_makes_up_for_it() {
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
        };
        assert!(predictions.macro_f1() < 0.7);
        let tuned = predictions.tuned();
        assert_eq!(tuned.macro_f1(), 1.0);
        assert_eq!(tuned.evaluate(1).value("macro_f1"), Some(1.0));
    }
}
