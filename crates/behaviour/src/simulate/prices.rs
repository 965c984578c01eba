//! Budgets: whether a visitor picks dearer things of a category than others do.

use std::collections::BTreeSet;

use super::shop_log::ShopLog;

/// Dearness of products and how much of it is the visitor's doing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Prices {
    /// Normal score of the price among what is picked of its category (Blom 1958): standard normal whatever the prices. `None` without a
    /// price, or where all cost the same.
    pub dearness: Vec<Option<f64>>,
    /// Intraclass correlation of the dearness of a visitor's picks, in [0, 0.95]: 0 is no budget, 1 always the same dearness.
    pub budget: f64,
}

impl Prices {
    /// A budget stronger than this leaves next to nothing to choose from.
    pub const STRONGEST: f64 = 0.95;

    /// `popularity` weighs the products.
    pub fn fit(log: &ShopLog, popularity: &[f64]) -> Self {
        let mut dearness = vec![None; log.products().len()];
        for members in log.categories().values() {
            let mut priced: Vec<(f64, usize)> =
                members.iter().filter_map(|&p| Some((log.products()[p].price?, p))).collect();
            priced.sort_by(|a, b| a.0.total_cmp(&b.0));
            let all: f64 = priced.iter().map(|&(_, product)| popularity[product]).sum();
            let mut below = 0.0;
            for alike in priced.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() < priced.len()) {
                let weight: f64 = alike.iter().map(|&(_, product)| popularity[product]).sum();
                let score = normal_quantile((below + weight / 2.0) / all);
                alike.iter().for_each(|&(_, product)| dearness[product] = Some(score));
                below += weight;
            }
        }
        let budget = intraclass_correlation(log.by_visitor().map(|visits| {
            let picked: BTreeSet<usize> = visits.iter().flat_map(|visit| log.free_picks(visit)).collect();
            picked.into_iter().filter_map(|product| dearness[product]).collect()
        }));
        Self { dearness, budget }
    }
}

/// By one-way analysis of variance with groups of unequal size (Donner 1986). 0 where groups do not repeat.
fn intraclass_correlation(groups: impl Iterator<Item = Vec<f64>>) -> f64 {
    let groups: Vec<Vec<f64>> = groups.filter(|group| !group.is_empty()).collect();
    let n = groups.iter().map(Vec::len).sum::<usize>() as f64;
    let count = groups.len() as f64;
    if count < 2.0 || n - count < 1.0 {
        return 0.0;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let all = groups.iter().flatten().sum::<f64>() / n;
    let between = groups.iter().map(|g| g.len() as f64 * (mean(g) - all).powi(2)).sum::<f64>() / (count - 1.0);
    let within: f64 = groups.iter().map(|g| g.iter().map(|x| (x - mean(g)).powi(2)).sum::<f64>()).sum();
    let within = within / (n - count);
    let size = (n - groups.iter().map(|g| (g.len() as f64).powi(2)).sum::<f64>() / n) / (count - 1.0);
    let correlation = (between - within) / (between + (size - 1.0) * within);
    if correlation.is_finite() { correlation.clamp(0.0, Prices::STRONGEST) } else { 0.0 }
}

/// How much likelier one of budget `budget` (whose spread is the root of `correlation`) picks a thing of this dearness than all visitors do:
/// the normal density around the budget over that around 0. 1 where nothing is known of either.
pub(super) fn preference(dearness: Option<f64>, budget: f64, correlation: f64) -> f64 {
    let Some(dearness) = dearness.filter(|_| correlation > 0.0) else { return 1.0 };
    let rest = 1.0 - correlation;
    (0.5 * dearness * dearness - 0.5 * (dearness - budget).powi(2) / rest).exp() / rest.sqrt()
}

/// The highest [`preference`] of a budget: at the dearness budget / correlation.
pub(super) fn highest_preference(budget: f64, correlation: f64) -> f64 {
    if correlation > 0.0 { (0.5 * budget * budget / correlation).exp() / (1.0 - correlation).sqrt() } else { 1.0 }
}

/// The number that a standard normal is below with probability `p` in (0, 1), to 5e-4 (Abramowitz & Stegun 26.2.23).
fn normal_quantile(p: f64) -> f64 {
    let t = (-2.0 * p.min(1.0 - p).ln()).sqrt();
    let upper =
        t - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    if p < 0.5 { -upper } else { upper }
}

#[cfg(test)]
mod tests {
    use super::*;
    use windowshop_metrics::random::Stream;

    #[test]
    fn the_share_of_visitors_in_the_variance_is_found() {
        let mut stream = Stream::new(5);
        let group = |size: usize, stream: &mut Stream| {
            let own = 0.6f64.sqrt() * stream.normal();
            (0..size).map(|_| own + 0.4f64.sqrt() * stream.normal()).collect::<Vec<f64>>()
        };
        let groups: Vec<Vec<f64>> = (0..2_000).map(|i| group(1 + i % 5, &mut stream)).collect();
        let found = intraclass_correlation(groups.into_iter());
        assert!((found - 0.6).abs() < 0.04, "{found}");
        assert_eq!(intraclass_correlation([vec![1.0], vec![2.0]].into_iter()), 0.0);
    }

    #[test]
    fn no_dearness_is_preferred_above_the_highest() {
        for budget in [-1.5, 0.0, 0.7] {
            let highest = highest_preference(budget, 0.4);
            let found = (-400..400).map(|i| preference(Some(f64::from(i) / 50.0), budget, 0.4)).fold(0.0, f64::max);
            assert!(found <= highest && found > 0.99 * highest, "{budget}: {found} {highest}");
        }
        assert_eq!((preference(None, 1.0, 0.4), preference(Some(1.0), 1.0, 0.0)), (1.0, 1.0));
    }

    #[test]
    fn normal_quantiles_are_those_of_tables() {
        for (p, quantile) in [(0.5, 0.0), (0.841_345, 1.0), (0.975, 1.959_964), (0.001, -3.090_232)] {
            assert!((normal_quantile(p) - quantile).abs() < 5e-4, "{p}: {}", normal_quantile(p));
        }
    }
}
