//! 95 % intervals by the delete-a-group jackknife (Kott 2001), for distances between samples. The bootstrap would bias them: a sample
//! that is drawn twice counts as a perfect copy.

use crate::bootstrap::Estimate;

/// Number of groups.
pub const GROUPS: usize = 20;

/// The group of a sample; neighbouring samples are in different groups.
pub fn group(sample: usize) -> usize {
    sample % GROUPS
}

/// The estimate from the value over all samples and the values without each group.
pub fn estimate(value: f64, without: &[f64]) -> Estimate {
    let count = without.len() as f64;
    let mean = without.iter().sum::<f64>() / count;
    let variance = (count - 1.0) / count * without.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    let half = 1.96 * variance.sqrt();
    Estimate { value, ci95: [value - half, value + half] }
}

#[cfg(test)]
mod tests {
    use windowshop_features::hash::combine;

    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_near_the_normal_one() {
        let values: Vec<f64> = (0..2_000).map(|i| combine(1, i) as f64 / u64::MAX as f64).collect();
        let mean = |left: Option<usize>| {
            let kept: Vec<f64> = (0..values.len()).filter(|i| Some(group(*i)) != left).map(|i| values[i]).collect();
            kept.iter().sum::<f64>() / kept.len() as f64
        };
        let found = estimate(mean(None), &(0..GROUPS).map(|left| mean(Some(left))).collect::<Vec<_>>());
        let half = (found.ci95[1] - found.ci95[0]) / 2.0;
        // Uniform numbers have variance 1/12; the deviation of 20 groups has a standard error of about 1/6.
        let expected = 1.96 * (1.0f64 / 12.0 / 2_000.0).sqrt();
        assert!((0.5..1.6).contains(&(half / expected)), "{half}, expected {expected}");
        assert_eq!(estimate(3.0, &[3.0; GROUPS]).ci95, [3.0; 2]);
    }
}
