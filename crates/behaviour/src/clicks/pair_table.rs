//! A rate per item of a query, as a fitted model stores it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Rates in (0, 1) by query and item. An unseen pair has the sum of its query and item effects; an unseen query the mean query effect.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PairTable {
    /// Mean query effect, in log-odds.
    pub mean: f64,
    /// Item effects, in log-odds; 0 for items not listed.
    pub items: BTreeMap<String, f64>,
    /// By query.
    pub queries: BTreeMap<String, QueryRates>,
}

/// Rates of one query's items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueryRates {
    /// Query effect, in log-odds.
    pub mean: f64,
    /// By item, as probabilities.
    pub items: BTreeMap<String, f64>,
}

/// Rounds to twelve decimals, which JSON reproduces exactly.
pub(super) fn kept(value: f64) -> f64 {
    (value * 1e12).round() / 1e12
}

/// As [`kept`], within (0, 1).
pub(super) fn kept_rate(rate: f64) -> f64 {
    kept(rate).clamp(1e-12, 1.0 - 1e-12)
}

/// Log-odds of a probability in (0, 1).
pub(super) fn log_odds(rate: f64) -> f64 {
    rate.ln() - (-rate).ln_1p()
}

/// The logistic function.
pub(super) fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

impl PairTable {
    /// The rate of an item.
    pub fn rate(&self, query: &str, item: &str) -> f64 {
        self.rate_in(self.queries.get(query), item)
    }

    /// The rates of a query's items. `[items]`
    pub fn rates<S: AsRef<str>>(&self, query: &str, items: &[S]) -> Vec<f64> {
        let rates = self.queries.get(query);
        items.iter().map(|item| self.rate_in(rates, item.as_ref())).collect()
    }

    fn rate_in(&self, rates: Option<&QueryRates>, item: &str) -> f64 {
        rates.and_then(|rates| rates.items.get(item)).copied().unwrap_or_else(|| {
            let mean = rates.map_or(self.mean, |rates| rates.mean);
            kept_rate(probability(mean + self.items.get(item).copied().unwrap_or(0.0)))
        })
    }
}
