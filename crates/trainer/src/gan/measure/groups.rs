//! 95 % intervals of measures that are no means: the delete-a-group jackknife (Kott 2001). Points are cut into groups of about one
//! size; what the measure is without each group in turn says how much it varies. A bootstrap would not do: a point that is drawn twice
//! looks like a perfect copy.

use crate::learning::bootstrap::Estimate;

/// Groups that points are cut into.
pub const GROUPS: usize = 20;

/// The group of a point: points in a row belong to different ones.
pub fn group(point: usize) -> usize {
    point % GROUPS
}

/// Value and interval from the value of all points and those without each group.
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
    fn the_interval_of_a_mean_is_the_usual_one() {
        let values: Vec<f64> = (0..2_000).map(|i| combine(1, i) as f64 / u64::MAX as f64).collect();
        let mean = |left: Option<usize>| {
            let kept: Vec<f64> = (0..values.len()).filter(|i| Some(group(*i)) != left).map(|i| values[i]).collect();
            kept.iter().sum::<f64>() / kept.len() as f64
        };
        let found = estimate(mean(None), &(0..GROUPS).map(|left| mean(Some(left))).collect::<Vec<_>>());
        let half = (found.ci95[1] - found.ci95[0]) / 2.0;
        // Uniform numbers have a variance of 1/12; twenty groups know their own deviation to a sixth.
        let usual = 1.96 * (1.0f64 / 12.0 / 2_000.0).sqrt();
        assert!((0.5..1.6).contains(&(half / usual)), "{half}, usually {usual}");
        assert_eq!(estimate(3.0, &[3.0; GROUPS]).ci95, [3.0; 2]);
    }
}
