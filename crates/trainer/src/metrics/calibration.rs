//! Probabilities that mean what they say.

use serde::Serialize;

use super::classification::Predictions;
use crate::learning::bootstrap::{Estimate, resample};

/// Bins of a reliability diagram, of equal width.
const BINS: usize = 15;

/// One bin of a reliability diagram: how sure the classifier was of its likeliest class, and how often it was right.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Rows in it.
    pub rows: u64,
    /// Mean probability of the class that was thought likeliest; for two classes, of the second.
    pub said: f64,
    /// Share of the rows of which it was true.
    pub was: f64,
}

/// What was said of each row, and whether it was true.
fn claims(predictions: &Predictions) -> Vec<(f64, bool)> {
    let classes = predictions.classes;
    let claim = |(row, &label): (usize, &usize)| {
        let probability = |class: usize| predictions.probability(row, class);
        let class = match classes {
            2 => 1,
            _ => (0..classes).max_by(|&a, &b| probability(a).total_cmp(&probability(b))).unwrap_or(0),
        };
        (f64::from(probability(class)), label == class)
    };
    predictions.labels.iter().enumerate().map(claim).collect()
}

fn bin(said: f64) -> usize {
    ((said * BINS as f64) as usize).min(BINS - 1)
}

/// The bins of a reliability diagram that have rows.
pub fn reliability(predictions: &Predictions) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for (said, was) in claims(predictions) {
        let bin = &mut bins[bin(said)];
        bin.rows += 1;
        bin.said += said;
        bin.was += f64::from(u8::from(was));
    }
    bins.retain(|bin| bin.rows > 0);
    for bin in &mut bins {
        bin.said /= bin.rows as f64;
        bin.was /= bin.rows as f64;
    }
    bins
}

/// Expected calibration error (Guo et al. 2017, eq. 5): how far what was said is from what was, over the bins. Lower is better.
/// `units` as [`resample`] has it.
pub fn error(predictions: &Predictions, units: &[u32], seed: u64) -> Estimate {
    let claims = claims(predictions);
    let measure = |counts: &[u32]| {
        let mut gaps = [0.0f64; BINS];
        for (&(said, was), &count) in claims.iter().zip(counts) {
            gaps[bin(said)] += f64::from(count) * (said - f64::from(u8::from(was)));
        }
        let rows: f64 = counts.iter().map(|&count| f64::from(count)).sum();
        vec![("ece", gaps.iter().map(|gap| gap.abs()).sum::<f64>() / rows.max(1.0))]
    };
    let unknown = Estimate { value: f64::NAN, ci95: [f64::NAN; 2] };
    resample(units, seed, measure).remove("ece").unwrap_or(unknown)
}

/// Bounds of the search, and its steps: the bracket shrinks to a thousandth.
const RANGE: [f32; 2] = [0.2, 10.0];
const STEPS: usize = 40;
/// 1 / golden ratio.
const GOLDEN: f32 = 0.618_034;

/// Temperature scaling (Guo et al. 2017): what to divide scores by so that the log loss is least. `predictions` are those
/// of temperature 1.
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

    #[test]
    fn a_network_that_is_too_sure_is_cooled_to_the_rate_at_which_it_is_right() {
        // Says 0.99 and is right three times in four: log-odds 4.6 should be 1.1.
        let labels: Vec<usize> = (0..400).map(|i| usize::from(i % 4 != 0)).collect();
        let predictions = Predictions {
            classes: 2,
            probabilities: [0.01, 0.99].repeat(400),
            labels,
            threshold: 0.5,
            class_weights: Vec::new(),
        };
        let found = temperature(&predictions);
        let expected = (0.99f32 / 0.01).ln() / 3f32.ln();
        assert!((found - expected).abs() < 0.05, "{found}, expected {expected}");
    }

    #[test]
    fn the_calibration_error_is_how_far_what_was_said_is_from_what_was() {
        let labels: Vec<usize> = (0..400).map(|i| usize::from(i % 4 != 0)).collect();
        let predictions = Predictions {
            classes: 2,
            probabilities: [0.1, 0.9].repeat(400),
            labels,
            threshold: 0.5,
            class_weights: Vec::new(),
        };
        let found = error(&predictions, &(0..predictions.labels.len() as u32).collect::<Vec<_>>(), 1).value;
        assert!((found - 0.15).abs() < 1e-6, "{found}");
        let bins = reliability(&predictions);
        assert_eq!((bins.len(), bins[0].rows, bins[0].was), (1, 400, 0.75));
    }
}
