//! Price preferences: whether a visitor picks dearer or cheaper products of a category than others.

use std::collections::BTreeSet;

use super::shop_log::ShopLog;

/// Price scores of products, and how much of their variance is between visitors.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Prices {
    /// Normal score (Blom 1958) of the price within the picks of its category: standard normal whatever the prices. `None` without a
    /// price, or where all prices are equal.
    pub price_score: Vec<Option<f64>>,
    /// Intraclass correlation of the price scores of a visitor's picks, in [0, 0.95]; 0 is no preference.
    pub correlation: f64,
}

impl Prices {
    /// Upper bound of the correlation: above it a visitor has almost nothing to choose from.
    pub const MAX_CORRELATION: f64 = 0.95;

    /// Fits both; `popularity` weighs the products.
    pub fn fit(log: &ShopLog, popularity: &[f64]) -> Self {
        let mut price_score = vec![None; log.products().len()];
        for members in log.categories().values() {
            let mut priced: Vec<(f64, usize)> =
                members.iter().filter_map(|&p| Some((log.products()[p].price?, p))).collect();
            priced.sort_by(|a, b| a.0.total_cmp(&b.0));
            let all: f64 = priced.iter().map(|&(_, product)| popularity[product]).sum();
            let mut below = 0.0;
            for tied in priced.chunk_by(|a, b| a.0 == b.0).filter(|tied| tied.len() < priced.len()) {
                let weight: f64 = tied.iter().map(|&(_, product)| popularity[product]).sum();
                let score = normal_quantile((below + weight / 2.0) / all);
                tied.iter().for_each(|&(_, product)| price_score[product] = Some(score));
                below += weight;
            }
        }
        let correlation = intraclass_correlation(log.by_visitor().map(|visits| {
            let picked: BTreeSet<usize> = visits.iter().flat_map(|visit| log.picks_outside_lists(visit)).collect();
            picked.into_iter().filter_map(|product| price_score[product]).collect()
        }));
        Self { price_score, correlation }
    }
}

/// One-way random-effects intraclass correlation with groups of unequal size (Donner 1986); 0 where no group has two values.
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
    if correlation.is_finite() { correlation.clamp(0.0, Prices::MAX_CORRELATION) } else { 0.0 }
}

/// The likelihood ratio of picking a product of this price score: a visitor with price preference `mean` against all visitors. 1
/// without a price or without correlation.
pub(super) fn preference(price_score: Option<f64>, mean: f64, correlation: f64) -> f64 {
    let Some(price_score) = price_score.filter(|_| correlation > 0.0) else { return 1.0 };
    let rest = 1.0 - correlation;
    (0.5 * price_score * price_score - 0.5 * (price_score - mean).powi(2) / rest).exp() / rest.sqrt()
}

/// The maximum of [`preference`] over price scores, at `mean / correlation`.
pub(super) fn highest_preference(mean: f64, correlation: f64) -> f64 {
    if correlation > 0.0 { (0.5 * mean * mean / correlation).exp() / (1.0 - correlation).sqrt() } else { 1.0 }
}

/// Quantile of the standard normal distribution at `p` in (0, 1), to 5e-4 (Abramowitz & Stegun 26.2.23).
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
    fn the_intraclass_correlation_is_recovered() {
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
    fn no_price_score_has_a_preference_above_the_maximum() {
        for mean in [-1.5, 0.0, 0.7] {
            let highest = highest_preference(mean, 0.4);
            let found = (-400..400).map(|i| preference(Some(f64::from(i) / 50.0), mean, 0.4)).fold(0.0, f64::max);
            assert!(found <= highest && found > 0.99 * highest, "{mean}: {found} {highest}");
        }
        assert_eq!((preference(None, 1.0, 0.4), preference(Some(1.0), 1.0, 0.0)), (1.0, 1.0));
    }

    #[test]
    fn normal_quantiles_match_published_tables() {
        for (p, quantile) in [(0.5, 0.0), (0.841_345, 1.0), (0.975, 1.959_964), (0.001, -3.090_232)] {
            assert!((normal_quantile(p) - quantile).abs() < 5e-4, "{p}: {}", normal_quantile(p));
        }
    }
}
