//! Student's t test of a mean over a few repetitions, and Holm's correction for several tests.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// The mean of repeated measurements, its interval, and the test that it is zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation.
    pub std: f64,
    /// 95 % interval by Student's t.
    pub ci95: [f64; 2],
    /// Two-sided p value of the hypothesis that the mean is zero.
    pub p: f64,
}

impl Mean {
    /// `None` for fewer than two values. Equal values have p = 0, or p = 1 where all are zero.
    pub fn of(values: &[f64]) -> Option<Self> {
        let freedom = values.len().checked_sub(2)? + 1;
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let std = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
        let error = std / count.sqrt();
        let half = quantile(0.975, freedom) * error;
        let p = match error > 0.0 {
            true => 2.0 * (1.0 - cumulative(mean.abs() / error, freedom)),
            false => f64::from(u8::from(mean == 0.0)),
        };
        Some(Self { mean, std, ci95: [mean - half, mean + half], p })
    }
}

/// P(T ≤ t) for t ≥ 0, by the finite series for integer degrees of freedom (Abramowitz & Stegun 26.7.3 and 26.7.4).
fn cumulative(t: f64, freedom: usize) -> f64 {
    let angle = (t / (freedom as f64).sqrt()).atan();
    let (sine, cosine) = angle.sin_cos();
    let odd = freedom % 2 == 1;
    // 1 + c²/2 + c⁴·3/8 …, or for odd freedom c + c³·2/3 + c⁵·8/15 …
    let (mut term, mut sum) = if odd { (cosine, 0.0) } else { (1.0, 0.0) };
    let first = if odd { 1 } else { 0 };
    for power in (first..freedom.saturating_sub(1)).step_by(2) {
        sum += term;
        term *= cosine * cosine * (power as f64 + 1.0) / (power as f64 + 2.0);
    }
    let within = if odd { FRAC_2_PI * (angle + sine * sum) } else { sine * sum };
    0.5 + within / 2.0
}

/// The quantile of `probability`, from ½ to below 1.
fn quantile(probability: f64, freedom: usize) -> f64 {
    // Bisects the angle, which is bounded; t is not.
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..60 {
        let middle: f64 = (low + high) / 2.0;
        let t = middle.tan() * (freedom as f64).sqrt();
        if cumulative(t, freedom) < probability { low = middle } else { high = middle }
    }
    low.tan() * (freedom as f64).sqrt()
}

/// p values corrected for multiple comparisons (Holm 1979), in the order given; at most 1.
pub fn holm(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let (mut adjusted, mut least) = (vec![1.0; values.len()], 0.0f64);
    for (rank, &at) in order.iter().enumerate() {
        least = least.max((values.len() - rank) as f64 * values[at]).min(1.0);
        adjusted[at] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_match_published_tables() {
        for (freedom, expected) in
            [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (10, 2.228), (19, 2.093)]
        {
            assert!((quantile(0.975, freedom) - expected).abs() < 6e-4, "{freedom}: {}", quantile(0.975, freedom));
        }
    }

    #[test]
    fn the_interval_touches_zero_where_p_is_0_05() {
        let found = Mean::of(&[0.8, 0.9, 0.85]).unwrap();
        let half = 4.302_653 * 0.05 / 3f64.sqrt();
        assert!((found.ci95[0] - (0.85 - half)).abs() < 1e-6, "{found:?}");
        for values in [vec![1.0, 2.0], vec![0.1, 0.3, -0.1, 0.4], vec![0.5, -0.2, 0.3, 0.1, 0.2, 0.6]] {
            let found = Mean::of(&values).unwrap();
            let touching: Vec<f64> = values.iter().map(|v| v - found.ci95[0]).collect();
            let p = Mean::of(&touching).unwrap().p;
            assert!((p - 0.05).abs() < 1e-6, "{values:?}: {p}");
        }
    }

    #[test]
    fn one_value_has_no_mean_test_and_equal_values_have_p_0_or_1() {
        assert_eq!(Mean::of(&[0.5]), None);
        assert_eq!(Mean::of(&[0.0, 0.0]).unwrap().p, 1.0);
        assert_eq!(Mean::of(&[0.5, 0.5]).unwrap().p, 0.0);
    }

    #[test]
    fn holm_corrects_for_the_number_of_comparisons() {
        let found = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in found.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }
}
