//! 95 % intervals by the percentile bootstrap (Efron & Tibshirani 1993, ch. 13) over lists.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
pub use windowshop_behaviour::Estimate;
use windowshop_behaviour::bootstrap::{DRAWS, percentiles};
use windowshop_schema::manifest::Metric;

/// A ratio of sums over lists: each list gives a numerator and a denominator.
#[derive(Clone, Debug, Default)]
pub struct Ratio {
    parts: Vec<(f64, f64)>,
}

/// Values and intervals by metric name.
pub type Estimates = BTreeMap<String, Estimate>;

/// Metrics as a manifest or a card has them.
pub fn to_metrics(estimates: &Estimates) -> BTreeMap<String, Metric> {
    estimates.iter().map(|(name, m)| (name.clone(), Metric { value: m.value, ci95: m.ci95 })).collect()
}

/// Metrics as one flat JSON object: values and `<metric>_ci95`.
pub fn to_json(estimates: &Estimates) -> Map<String, Value> {
    let mut out = Map::new();
    for (name, metric) in estimates {
        out.insert(name.clone(), json!(metric.value));
        out.insert(format!("{name}_ci95"), json!(metric.ci95));
    }
    out
}

impl Ratio {
    /// Adds a list.
    pub fn add(&mut self, numerator: f64, denominator: f64) {
        self.parts.push((numerator, denominator));
    }

    /// `None` where nothing was counted. `transform` is applied to the ratio (a square root, for a RMSE).
    pub fn estimate(&self, seed: u64, transform: impl Fn(f64) -> f64) -> Option<Estimate> {
        let ratio = |sums: (f64, f64)| transform(sums.0 / sums.1);
        let total = self.parts.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
        if total.1 <= 0.0 {
            return None;
        }
        let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
        let draws = (0..DRAWS)
            .map(|_| {
                let mut sums = (0.0, 0.0);
                for _ in 0..self.parts.len() {
                    let part = self.parts[(splitmix(&mut state) % self.parts.len() as u64) as usize];
                    sums = (sums.0 + part.0, sums.1 + part.1);
                }
                ratio(sums)
            })
            .collect();
        Some(Estimate { value: ratio(total), ci95: percentiles(draws) })
    }
}

/// Metrics that are no ratio of sums: `measure` is given how often each of `rows` rows is there and returns every metric
/// by name. Draws in which a metric is not finite are left out of its interval. `clusters` numbers what each row belongs to:
/// rows of one cluster are drawn together; empty, each row is drawn by itself.
pub fn resample(
    rows: usize,
    clusters: &[usize],
    seed: u64,
    measure: impl Fn(&[u32]) -> Vec<(&'static str, f64)>,
) -> Estimates {
    let count = clusters.iter().max().map_or(rows, |last| last + 1);
    let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
    let mut drawn: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for _ in 0..DRAWS {
        let mut counts = vec![0u32; count];
        for _ in 0..count {
            counts[(splitmix(&mut state) % count as u64) as usize] += 1;
        }
        if !clusters.is_empty() {
            counts = clusters.iter().map(|&cluster| counts[cluster]).collect();
        }
        for (name, value) in measure(&counts) {
            drawn.entry(name).or_default().push(value);
        }
    }
    let estimate = |(name, value): (&'static str, f64)| {
        let ci95 = percentiles(drawn.remove(name).unwrap_or_default());
        value.is_finite().then(|| (name.to_owned(), Estimate { value, ci95 }))
    };
    measure(&vec![1; rows]).into_iter().filter_map(estimate).collect()
}

/// SplitMix64 (Steele et al. 2014): enough for resampling, the same on every machine.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_cluster_are_drawn_together() {
        let mean = |counts: &[u32]| {
            let sum: u32 = counts.iter().enumerate().map(|(row, count)| (row as u32 / 10 % 2) * count).sum();
            vec![("mean", f64::from(sum) / f64::from(counts.iter().sum::<u32>()))]
        };
        let width = |clusters: &[usize]| {
            let found = resample(1_000, clusters, 1, mean)["mean"];
            assert_eq!(found.value, 0.5);
            found.ci95[1] - found.ci95[0]
        };
        let tens: Vec<usize> = (0..1_000).map(|row| row / 10).collect();
        let wider = width(&tens) / width(&[]);
        assert!((wider - 10f64.sqrt()).abs() < 0.4, "{wider}: ten rows that agree are one");
    }

    #[test]
    fn the_interval_of_a_mean_matches_the_normal_one() {
        let mut ratio = Ratio::default();
        for i in 0..1_000 {
            ratio.add(f64::from(i % 2), 1.0);
        }
        let estimate = ratio.estimate(1, |v| v).unwrap();
        let half = 1.96 * (0.25f64 / 1_000.0).sqrt();
        assert_eq!(estimate.value, 0.5);
        assert!((estimate.ci95[0] - (0.5 - half)).abs() < 0.005, "{estimate:?}");
        assert!((estimate.ci95[1] - (0.5 + half)).abs() < 0.005, "{estimate:?}");
    }
}
