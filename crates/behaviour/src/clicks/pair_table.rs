//! A rate for every item of a query, as a fitted model keeps it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Rates in (0, 1) by query and item. What was never seen has its query's mean; an unknown query has the mean of all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairTable {
    /// For queries that were never seen.
    pub mean: f64,
    /// By query.
    pub queries: BTreeMap<String, QueryRates>,
}

/// Rates of one query's items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueryRates {
    /// For items that were never seen.
    pub mean: f64,
    /// By item.
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

impl PairTable {
    /// The rate of an item.
    pub fn rate(&self, query: &str, item: &str) -> f64 {
        self.queries.get(query).map_or(self.mean, |rates| rates.items.get(item).copied().unwrap_or(rates.mean))
    }

    /// The rates of a query's items. `[items]`
    pub fn rates<S: AsRef<str>>(&self, query: &str, items: &[S]) -> Vec<f64> {
        let rates = self.queries.get(query);
        let rate =
            |item: &S| rates.map_or(self.mean, |rates| rates.items.get(item.as_ref()).copied().unwrap_or(rates.mean));
        items.iter().map(rate).collect()
    }
}
