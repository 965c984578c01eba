//! 95 % intervals by the percentile bootstrap (Efron & Tibshirani 1993, ch. 13).
//!
//! [`Ratio`] and [`resample`] draw units one after the other from one sequence; [`estimates`] draws them by counter and runs in parallel.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use windowshop_schema::manifest::Metric;

use crate::random;

/// Number of bootstrap resamples.
pub const RESAMPLES: u64 = 1_000;

/// A value and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The value over all units.
    pub value: f64,
    /// Lower and upper bound; NaN where no resample has a finite value.
    pub ci95: [f64; 2],
}

/// Estimates by metric name.
pub type Estimates = BTreeMap<String, Estimate>;

/// Estimates as a manifest or model card stores them.
pub fn to_metrics(estimates: &Estimates) -> BTreeMap<String, Metric> {
    estimates.iter().map(|(name, m)| (name.clone(), Metric { value: m.value, ci95: m.ci95 })).collect()
}

/// Estimates as one flat JSON object: `<metric>` and `<metric>_ci95`.
pub fn to_json(estimates: &Estimates) -> Map<String, Value> {
    let mut out = Map::new();
    for (name, metric) in estimates {
        out.insert(name.clone(), json!(metric.value));
        out.insert(format!("{name}_ci95"), json!(metric.ci95));
    }
    out
}

/// A ratio of sums: each unit (a list, a row, a visit) adds a numerator and a denominator. A mean has denominators of 1.
#[derive(Clone, Debug, Default)]
pub struct Ratio {
    units: Vec<(f64, f64)>,
}

impl Ratio {
    /// Adds a unit.
    pub fn add(&mut self, numerator: f64, denominator: f64) {
        self.units.push((numerator, denominator));
    }

    /// The estimate of `transform(ratio)`, for example a square root for an RMSE. `None` where the denominators sum to 0.
    pub fn estimate(&self, seed: u64, transform: impl Fn(f64) -> f64) -> Option<Estimate> {
        let ratio = |sums: (f64, f64)| transform(sums.0 / sums.1);
        let total = self.units.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
        if total.1 <= 0.0 {
            return None;
        }
        let mut state = initial_state(seed);
        let resampled = (0..RESAMPLES)
            .map(|_| {
                let mut sums = (0.0, 0.0);
                for _ in 0..self.units.len() {
                    let unit = self.units[(splitmix(&mut state) % self.units.len() as u64) as usize];
                    sums = (sums.0 + unit.0, sums.1 + unit.1);
                }
                ratio(sums)
            })
            .collect();
        Some(Estimate { value: ratio(total), ci95: percentiles(resampled) })
    }
}

/// Estimates of metrics that are no ratio of sums.
///
/// `measure` receives the number of copies of each of `rows` rows and returns every metric by name. `clusters` holds the cluster of each
/// row, such as its customer: rows of one cluster are resampled together. Empty `clusters` resample single rows. A metric that is not
/// finite is left out; so is a resample in which it is not finite.
pub fn resample(
    rows: usize,
    clusters: &[usize],
    seed: u64,
    measure: impl Fn(&[u32]) -> Vec<(&'static str, f64)>,
) -> Estimates {
    let units = clusters.iter().max().map_or(rows, |last| last + 1);
    let mut state = initial_state(seed);
    let mut resampled: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for _ in 0..RESAMPLES {
        let mut counts = vec![0u32; units];
        for _ in 0..units {
            counts[(splitmix(&mut state) % units as u64) as usize] += 1;
        }
        if !clusters.is_empty() {
            counts = clusters.iter().map(|&cluster| counts[cluster]).collect();
        }
        for (name, value) in measure(&counts) {
            resampled.entry(name).or_default().push(value);
        }
    }
    let estimate = |(name, value): (&'static str, f64)| {
        let ci95 = percentiles(resampled.remove(name).unwrap_or_default());
        value.is_finite().then(|| (name.to_owned(), Estimate { value, ci95 }))
    };
    measure(&vec![1; rows]).into_iter().filter_map(estimate).collect()
}

/// `N` estimates, resampled in parallel with the same result for any number of threads.
///
/// `measure` receives the number of copies of each of `units` units (at least 1) and returns the values. Resamples in which a value is
/// not finite are left out of its interval.
pub fn estimates<const N: usize>(
    units: usize,
    seed: u64,
    measure: impl Fn(&[u32]) -> [f64; N] + Sync,
) -> [Estimate; N] {
    let resampled: Vec<[f64; N]> = (0..RESAMPLES)
        .into_par_iter()
        .map(|resample| {
            let key = random::subkey(seed, resample);
            let mut counts = vec![0u32; units];
            for unit in 0..units {
                counts[random::below(key, unit as u64, units)] += 1;
            }
            measure(&counts)
        })
        .collect();
    let values = measure(&vec![1; units]);
    std::array::from_fn(|i| Estimate {
        value: values[i],
        ci95: percentiles(resampled.iter().map(|values| values[i]).collect()),
    })
}

/// The 2.5 and 97.5 percentiles of the finite values; NaN if there are none.
fn percentiles(mut values: Vec<f64>) -> [f64; 2] {
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    let percentile = |q: f64| values[((values.len() - 1) as f64 * q).round() as usize];
    if values.is_empty() { [f64::NAN; 2] } else { [percentile(0.025), percentile(0.975)] }
}

/// Increment of SplitMix64, the golden ratio in 64 bits.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

fn initial_state(seed: u64) -> u64 {
    seed ^ GAMMA
}

/// SplitMix64 (Steele et al. 2014).
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(GAMMA);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_cluster_are_resampled_together() {
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
        assert!((wider - 10f64.sqrt()).abs() < 0.4, "{wider}: ten equal rows carry the information of one");
    }

    #[test]
    fn the_interval_of_a_mean_matches_the_normal_approximation() {
        let mut ratio = Ratio::default();
        (0..1_000).for_each(|i| ratio.add(f64::from(i % 2), 1.0));
        let [counted] = estimates(1_000, 1, |counts| {
            [counts.iter().enumerate().map(|(i, &n)| f64::from(n) * (i % 2) as f64).sum::<f64>() / 1_000.0]
        });
        let half = 1.96 * (0.25f64 / 1_000.0).sqrt();
        for estimate in [ratio.estimate(1, |v| v).unwrap(), counted] {
            assert_eq!(estimate.value, 0.5);
            assert!((estimate.ci95[0] - (0.5 - half)).abs() < 0.005, "{estimate:?}");
            assert!((estimate.ci95[1] - (0.5 + half)).abs() < 0.005, "{estimate:?}");
        }
    }
}
