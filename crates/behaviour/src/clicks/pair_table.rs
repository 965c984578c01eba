//! A rate for every item of a query, as a fitted model keeps it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Rates in (0, 1) by query and item. What was never seen for a query has its query's mean and what its item does to other queries'; an unknown
/// query has the mean of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PairTable {
    /// For queries that were never seen, in log-odds.
    pub mean: f64,
    /// What an item adds for any query, in log-odds; 0 where it is not listed.
    pub items: BTreeMap<String, f64>,
    /// By query.
    pub queries: BTreeMap<String, QueryRates>,
}

/// Rates of one query's items.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueryRates {
    /// For items that were never seen, in log-odds.
    pub mean: f64,
    /// By item, as probabilities.
    pub items: BTreeMap<String, f64>,
}

/// A number as models keep it: to twelve decimals, which JSON gives back to the last bit.
pub(super) fn kept(value: f64) -> f64 {
    (value * 1e12).round() / 1e12
}

/// As [`kept`], and never quite 0 or 1: nothing that was not seen is impossible.
pub(super) fn kept_rate(rate: f64) -> f64 {
    kept(rate).clamp(1e-12, 1.0 - 1e-12)
}

/// Log-odds of a probability in (0, 1).
pub(super) fn log_odds(rate: f64) -> f64 {
    rate.ln() - (-rate).ln_1p()
}

/// The probability of these log-odds.
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
