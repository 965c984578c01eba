//! 95 % intervals by the percentile bootstrap (Efron & Tibshirani 1993, ch. 13).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::draw;

/// Resamples drawn.
pub const DRAWS: u64 = 1_000;

/// A value and its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The value over all units.
    pub value: f64,
    /// 2.5 and 97.5 percentiles of the resampled value.
    pub ci95: [f64; 2],
}

/// `N` values with their intervals. `measure` is given how often each of `units` units is there and returns the values; draws in
/// which a value is not finite are left out of its interval. `units` is at least 1.
pub fn estimates<const N: usize>(
    units: usize,
    seed: u64,
    measure: impl Fn(&[u32]) -> [f64; N] + Sync,
) -> [Estimate; N] {
    let drawn: Vec<[f64; N]> = (0..DRAWS)
        .into_par_iter()
        .map(|draw| {
            let key = draw::part(seed, draw);
            let mut counts = vec![0u32; units];
            for unit in 0..units {
                counts[draw::below(key, unit as u64, units)] += 1;
            }
            measure(&counts)
        })
        .collect();
    let values = measure(&vec![1; units]);
    std::array::from_fn(|i| Estimate {
        value: values[i],
        ci95: percentiles(drawn.iter().map(|draw| draw[i]).collect()),
    })
}

/// The 2.5 and 97.5 percentiles of what is finite.
pub fn percentiles(mut draws: Vec<f64>) -> [f64; 2] {
    draws.retain(|v| v.is_finite());
    draws.sort_by(f64::total_cmp);
    let percentile = |q: f64| draws[((draws.len() - 1) as f64 * q).round() as usize];
    if draws.is_empty() { [f64::NAN; 2] } else { [percentile(0.025), percentile(0.975)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_matches_the_normal_one() {
        let [mean] = estimates(1_000, 1, |counts| {
            [counts.iter().enumerate().map(|(i, &n)| f64::from(n) * (i % 2) as f64).sum::<f64>() / 1_000.0]
        });
        let half = 1.96 * (0.25f64 / 1_000.0).sqrt();
        assert_eq!(mean.value, 0.5);
        assert!((mean.ci95[0] - (0.5 - half)).abs() < 0.005, "{mean:?}");
        assert!((mean.ci95[1] - (0.5 + half)).abs() < 0.005, "{mean:?}");
    }
}
