//! 95 % intervals by the percentile bootstrap (Efron & Tibshirani 1993, ch. 13) over lists.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use windowshop_schema::manifest::Metric;

/// Resamples drawn.
const DRAWS: usize = 1_000;

/// A ratio of sums over lists: each list gives a numerator and a denominator.
#[derive(Clone, Debug, Default)]
pub struct Ratio {
    parts: Vec<(f64, f64)>,
}

/// Value and interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The ratio over all lists.
    pub value: f64,
    /// 2.5 and 97.5 percentiles of the resampled ratio.
    pub ci95: [f64; 2],
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

/// Metrics that are no ratio of sums: `measure` is given how often each row is there and returns every metric by name.
/// `units` has for each row the number, from 0, of what is drawn as a whole: the row itself, or the visitor whose rows are
/// alike. Draws in which a metric is not finite are left out of its interval.
pub fn resample(units: &[u32], seed: u64, measure: impl Fn(&[u32]) -> Vec<(&'static str, f64)>) -> Estimates {
    let mut state = seed ^ 0x9e37_79b9_7f4a_7c15;
    let mut drawn: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let all = units.iter().max().map_or(0, |last| *last as usize + 1);
    for _ in 0..DRAWS {
        let mut times = vec![0u32; all];
        for _ in 0..all {
            times[(splitmix(&mut state) % all as u64) as usize] += 1;
        }
        let counts: Vec<u32> = units.iter().map(|&unit| times[unit as usize]).collect();
        for (name, value) in measure(&counts) {
            drawn.entry(name).or_default().push(value);
        }
    }
    let estimate = |(name, value): (&'static str, f64)| {
        let ci95 = percentiles(drawn.remove(name).unwrap_or_default());
        value.is_finite().then(|| (name.to_owned(), Estimate { value, ci95 }))
    };
    measure(&vec![1; units.len()]).into_iter().filter_map(estimate).collect()
}

/// The 2.5 and 97.5 percentiles of what is finite.
fn percentiles(mut draws: Vec<f64>) -> [f64; 2] {
    draws.retain(|v| v.is_finite());
    draws.sort_by(f64::total_cmp);
    let percentile = |q: f64| draws[((draws.len() - 1) as f64 * q).round() as usize];
    if draws.is_empty() { [f64::NAN; 2] } else { [percentile(0.025), percentile(0.975)] }
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
    fn rows_that_are_drawn_together_tell_less_than_as_many_by_themselves() {
        let width = |units: &[u32]| {
            let mean = |counts: &[u32]| {
                let hits: u32 = counts.iter().enumerate().map(|(row, count)| count * (row as u32 / 10 % 2)).sum();
                vec![("mean", f64::from(hits) / f64::from(counts.iter().sum::<u32>()))]
            };
            let estimate = resample(units, 1, mean)["mean"];
            assert_eq!(estimate.value, 0.5);
            estimate.ci95[1] - estimate.ci95[0]
        };
        let rows: Vec<u32> = (0..1_000).collect();
        let tens: Vec<u32> = rows.iter().map(|row| row / 10).collect();
        let ratio = width(&tens) / width(&rows);
        assert!((ratio - 10f64.sqrt()).abs() < 0.5, "{ratio}");
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
