//! Calibration of classifiers: reliability diagram, expected calibration error, temperature scaling.

use serde::Serialize;

use crate::{
    bootstrap::{Estimate, resample},
    predictions::Predictions,
};

/// Bins of a reliability diagram, of equal width.
const BINS: usize = 15;

/// One bin of a reliability diagram: of the second of two classes, or of the most probable of more classes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Number of rows.
    pub rows: u64,
    /// Mean predicted probability of that class.
    pub predicted: f64,
    /// Share of the rows that have that class.
    pub observed: f64,
}

/// For each row the predicted probability of the class that its bin is about, and whether the row has it.
fn outcomes(predictions: &Predictions) -> Vec<(f64, bool)> {
    let classes = predictions.classes;
    let outcome = |(row, &label): (usize, &usize)| {
        let probability = |class: usize| predictions.probability(row, class);
        let class = match classes {
            2 => 1,
            _ => (0..classes).max_by(|&a, &b| probability(a).total_cmp(&probability(b))).unwrap_or(0),
        };
        (f64::from(probability(class)), label == class)
    };
    predictions.labels.iter().enumerate().map(outcome).collect()
}

fn bin(probability: f64) -> usize {
    ((probability * BINS as f64) as usize).min(BINS - 1)
}

/// The non-empty bins of a reliability diagram, by rising probability.
pub fn reliability(predictions: &Predictions) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for (probability, occurred) in outcomes(predictions) {
        let bin = &mut bins[bin(probability)];
        bin.rows += 1;
        bin.predicted += probability;
        bin.observed += f64::from(u8::from(occurred));
    }
    bins.retain(|bin| bin.rows > 0);
    for bin in &mut bins {
        bin.predicted /= bin.rows as f64;
        bin.observed /= bin.rows as f64;
    }
    bins
}

/// Expected calibration error (Guo et al. 2017, eq. 5), in [0, 1]; lower is better. 0 without rows.
pub fn expected_calibration_error(predictions: &Predictions, seed: u64) -> Estimate {
    let outcomes = outcomes(predictions);
    let measure = |counts: &[u32]| {
        let mut gaps = [0.0f64; BINS];
        for (&(probability, occurred), &count) in outcomes.iter().zip(counts) {
            gaps[bin(probability)] += f64::from(count) * (probability - f64::from(u8::from(occurred)));
        }
        let rows: f64 = counts.iter().map(|&count| f64::from(count)).sum();
        vec![("ece", gaps.iter().map(|gap| gap.abs()).sum::<f64>() / rows.max(1.0))]
    };
    let undefined = Estimate { value: f64::NAN, ci95: [f64::NAN; 2] };
    resample(outcomes.len(), &predictions.clusters, seed, measure).remove("ece").unwrap_or(undefined)
}

/// Range of the temperature.
const RANGE: [f32; 2] = [0.2, 10.0];
/// Steps of the golden-section search.
const STEPS: usize = 40;
/// 1 / golden ratio.
const GOLDEN: f32 = 0.618_034;

/// The temperature of least log loss (temperature scaling, Guo et al. 2017): logits are divided by it. `predictions` have temperature 1.
pub fn temperature(predictions: &Predictions) -> f32 {
    let loss = |log_temperature: f32| {
        let temperature = log_temperature.exp();
        let row = |(row, label): (usize, &usize)| {
            let probabilities = &predictions.probabilities[row * predictions.classes..][..predictions.classes];
            let scaled: Vec<f64> =
                probabilities.iter().map(|p| f64::from(p.max(1e-9).ln() / temperature).exp()).collect();
            -(scaled[*label] / scaled.iter().sum::<f64>()).max(1e-12).ln()
        };
        predictions.labels.iter().enumerate().map(row).sum::<f64>()
    };
    let [mut low, mut high] = RANGE.map(f32::ln);
    for _ in 0..STEPS {
        let [a, b] = [high - (high - low) * GOLDEN, low + (high - low) * GOLDEN];
        if loss(a) < loss(b) { high = b } else { low = a }
    }
    ((low + high) / 2.0).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 400 rows of one prediction, three quarters of which are of the second class.
    fn three_quarters(probability: f32) -> Predictions {
        Predictions {
            classes: 2,
            probabilities: [1.0 - probability, probability].repeat(400),
            labels: (0..400).map(|i| usize::from(i % 4 != 0)).collect(),
            threshold: 0.5,
            class_weights: Vec::new(),
            clusters: Vec::new(),
        }
    }

    #[test]
    fn temperature_scaling_brings_an_overconfident_classifier_to_its_accuracy() {
        let found = temperature(&three_quarters(0.99));
        let expected = (0.99f32 / 0.01).ln() / 3f32.ln();
        assert!((found - expected).abs() < 0.05, "{found}, expected {expected}");
    }

    #[test]
    fn the_calibration_error_is_the_gap_between_predicted_and_observed() {
        let predictions = three_quarters(0.9);
        let found = expected_calibration_error(&predictions, 1).value;
        assert!((found - 0.15).abs() < 1e-6, "{found}");
        let bins = reliability(&predictions);
        assert_eq!((bins.len(), bins[0].rows, bins[0].observed), (1, 400, 0.75));
    }
}
