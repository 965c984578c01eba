//! Probabilities that mean what they say.

use super::classification::Predictions;

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
        let predictions = Predictions { classes: 2, probabilities: [0.01, 0.99].repeat(400), labels, threshold: 0.5 };
        let found = temperature(&predictions);
        let expected = (0.99f32 / 0.01).ln() / 3f32.ln();
        assert!((found - expected).abs() < 0.05, "{found}, expected {expected}");
    }
}
