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
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_the_usual_one() {
        let values: Vec<f64> = (0..2_000).map(|i| ((i as f64) * 0.618_034).fract()).collect();
        let mean = |keep: &dyn Fn(usize) -> bool| {
            let kept: Vec<f64> = values.iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, v)| *v).collect();
            kept.iter().sum::<f64>() / kept.len() as f64
        };
        // Blocks of values that look drawn, so that groups differ as they would by chance.
        let shuffled = |i: usize| (i * 7919 + i * i * 31) % 2_000 % GROUPS;
        let without: Vec<f64> = (0..GROUPS).map(|g| mean(&|i| shuffled(i) != g)).collect();
        let found = estimate(mean(&|_| true), &without);
        let half = (found.ci95[1] - found.ci95[0]) / 2.0;
        let usual = 1.96 * (1.0f64 / 12.0 / 2_000.0).sqrt();
        assert!((0.4..2.0).contains(&(half / usual)), "{half}, usually {usual}");
        assert_eq!(estimate(3.0, &[3.0; GROUPS]).ci95, [3.0; 2]);
    }
}
