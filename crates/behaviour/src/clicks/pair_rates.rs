//! The rates of (query, item) pairs while a model is fitted: expected counts and a prior to a rate.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::groups::Groups;
use super::log::ClickLog;
use super::pair_table::{PairTable, QueryRates, kept_rate};
use crate::error::{BehaviourError, positive};

/// Pseudo-counts of a rate: a Beta(yes + 1, no + 1) prior, whose mode with counts is (yes + count) / (yes + no + trials).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PseudoCounts {
    /// Successes in advance.
    pub yes: f64,
    /// Failures in advance.
    pub no: f64,
}

impl PseudoCounts {
    /// PyClick's, for what is fitted by EM: numerator 1, denominator 5.
    pub const PYCLICK_EM: Self = Self { yes: 1.0, no: 4.0 };
    /// PyClick's, for what is counted: numerator 1, denominator 2 (Laplace's rule of succession).
    pub const PYCLICK_COUNTS: Self = Self { yes: 1.0, no: 1.0 };

    /// The rate with nothing observed.
    pub fn mean(self) -> f64 {
        self.yes / (self.yes + self.no)
    }

    /// The most probable rate after `count` successes in `trials`.
    pub(super) fn rate(self, count: f64, trials: f64) -> f64 {
        (self.yes + count) / (self.yes + self.no + trials)
    }

    /// Logarithm of the prior density, less a constant.
    pub(super) fn log_density(self, rate: f64) -> f64 {
        self.yes * rate.ln() + self.no * (-rate).ln_1p()
    }

    pub(super) fn check(self, setting: &'static str) -> Result<(), BehaviourError> {
        positive(setting, self.yes)?;
        positive(setting, self.no)
    }
}

/// What a pair's rate is believed to be before it is seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RatePrior {
    /// The same for every pair.
    Fixed(PseudoCounts),
    /// Near the mean of the query's pairs, which is fitted too. Pairs seen seldom lean on what else the query shows. The penalty is
    /// `strength` times the relative entropy of mean and rate, so a rate is (strength · mean + count) / (strength + trials); queries'
    /// means lean on the mean of all in the same way. Beta densities around a free mean would not do: they are highest where mean and
    /// rates are all 0.
    Query {
        /// Pseudo-counts a pair.
        strength: f64,
    },
}

impl Default for RatePrior {
    /// Chosen on held-out parts of a search engine's log; anything from 6 to 16 does nearly as well.
    fn default() -> Self {
        Self::Query { strength: 10.0 }
    }
}

impl RatePrior {
    pub(super) fn check(self, setting: &'static str) -> Result<(), BehaviourError> {
        match self {
            Self::Fixed(counts) => counts.check(setting),
            Self::Query { strength } => positive(setting, strength),
        }
    }
}

/// A query's mean leans on the mean of all as if that were so many more pairs of it.
const MEAN_PAIRS: f64 = 3.0;
/// Means with nothing observed: as with PyClick's pseudo-counts.
const FIRST_MEAN: f64 = 0.2;

/// Rates of a log's pairs under a prior.
#[derive(Clone, Debug)]
pub(super) struct PairRates<'a> {
    log: &'a ClickLog,
    prior: RatePrior,
    by_query: Groups,
    /// `[pairs]`
    pub rates: Vec<f64>,
    /// `[queries]`
    means: Vec<f64>,
    /// Of all queries.
    mean: f64,
}

impl<'a> PairRates<'a> {
    /// Every rate where the prior has it with nothing observed.
    pub fn new(log: &'a ClickLog, prior: RatePrior) -> Self {
        let mean = match prior {
            RatePrior::Fixed(counts) => counts.mean(),
            RatePrior::Query { .. } => FIRST_MEAN,
        };
        let by_query = Groups::new(log.queries.len(), log.pairs.iter().map(|pair| pair.query));
        Self { log, prior, by_query, rates: vec![mean; log.pairs.len()], means: vec![mean; log.queries.len()], mean }
    }

    /// Rates counted outright: the most probable ones after `counts` (successes, trials) of each pair.
    pub fn counted(log: &'a ClickLog, prior: RatePrior, counts: &[[f64; 2]]) -> Self {
        let mut rates = Self::new(log, prior);
        // Rates and means are maximised in turns, which settle quickly; a fixed prior needs one.
        for _ in 0..100 {
            let before = rates.means.clone();
            rates.maximise(counts);
            if before.iter().zip(&rates.means).all(|(a, b)| (a - b).abs() < 1e-9) {
                break;
            }
        }
        rates
    }

    /// The most probable rates after expected `counts` (successes, trials) of each pair, then the most probable means.
    pub fn maximise(&mut self, counts: &[[f64; 2]]) {
        let (pairs, means, prior) = (&self.log.pairs, &self.means, self.prior);
        let rate = |(pair, [count, trials]): (usize, &[f64; 2])| match prior {
            RatePrior::Fixed(pseudo) => pseudo.rate(*count, *trials),
            RatePrior::Query { strength } => around(means[pairs[pair].query as usize], strength).rate(*count, *trials),
        };
        self.rates = counts.par_iter().enumerate().map(rate).collect();
        if let RatePrior::Query { .. } = prior {
            let (rates, by_query, all) = (&self.rates, &self.by_query, log_odds(self.mean));
            let mean = |query| {
                let members = by_query.members(query);
                let sum: f64 = members.iter().map(|&pair| log_odds(rates[pair as usize])).sum();
                from_log_odds((sum + MEAN_PAIRS * all) / (members.len() as f64 + MEAN_PAIRS))
            };
            self.means = (0..self.means.len()).into_par_iter().map(mean).collect();
            self.mean = self.means.iter().sum::<f64>() / self.means.len() as f64;
        }
    }

    /// The penalty of rates and means, at most 0 for a query's and less a constant for a fixed prior.
    pub fn log_prior(&self) -> f64 {
        match self.prior {
            RatePrior::Fixed(counts) => self.rates.iter().map(|&rate| counts.log_density(rate)).sum(),
            RatePrior::Query { strength } => {
                let pairs = self.log.pairs.iter().zip(&self.rates);
                let rates: f64 =
                    pairs.map(|(pair, &rate)| relative_entropy(self.means[pair.query as usize], rate)).sum();
                let means: f64 = self.means.iter().map(|&mean| relative_entropy(mean, self.mean)).sum();
                -strength * (rates + MEAN_PAIRS * means)
            }
        }
    }

    /// The rates by name.
    pub fn table(&self) -> PairTable {
        let mut queries: BTreeMap<String, QueryRates> = BTreeMap::new();
        for (query, name) in self.log.queries.iter().enumerate() {
            let members = self.by_query.members(query).iter();
            let items =
                members.map(|&pair| (self.log.pairs[pair as usize].item.clone(), kept_rate(self.rates[pair as usize])));
            queries.insert(name.clone(), QueryRates { mean: kept_rate(self.means[query]), items: items.collect() });
        }
        PairTable { mean: kept_rate(self.mean), queries }
    }
}

fn around(mean: f64, strength: f64) -> PseudoCounts {
    PseudoCounts { yes: strength * mean, no: strength * (1.0 - mean) }
}

fn log_odds(rate: f64) -> f64 {
    rate.ln() - (-rate).ln_1p()
}

fn from_log_odds(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Of a coin of `p` relative to one of `q` (Kullback & Leibler 1951), in nats; 0 where they are alike.
fn relative_entropy(p: f64, q: f64) -> f64 {
    p * (p / q).ln() + (1.0 - p) * ((1.0 - p) / (1.0 - q)).ln()
}

#[cfg(test)]
mod tests {
    use super::super::list::{Impression, List};
    use super::*;

    /// Penalised log-likelihood of counted rates.
    fn objective(rates: &PairRates, counts: &[[f64; 2]]) -> f64 {
        let likelihood =
            |(&rate, &[count, trials]): (&f64, &[f64; 2])| count * rate.ln() + (trials - count) * (-rate).ln_1p();
        rates.log_prior() + rates.rates.iter().zip(counts).map(likelihood).sum::<f64>()
    }

    #[test]
    fn counted_rates_and_means_are_where_the_penalised_likelihood_is_highest() {
        let list = |query: &str| List::ranked(query.into(), ["a", "b", "c"].map(String::from).to_vec()).unwrap();
        let of = |query| Impression::new(list(query), vec![true, false, false]).unwrap();
        let log = ClickLog::new(&[of("q"), of("r")]).unwrap();
        let counts = [[0.0, 1.0], [9.0, 30.0], [5.0, 5.0], [0.0, 40.0], [3.0, 4.0], [0.0, 0.0]];
        let best = PairRates::counted(&log, RatePrior::Query { strength: 5.0 }, &counts);
        let highest = objective(&best, &counts);
        for step in [-1e-3, 1e-3] {
            for pair in 0..6 {
                let mut other = best.clone();
                other.rates[pair] += step;
                assert!(objective(&other, &counts) < highest, "pair {pair}");
            }
            for query in 0..2 {
                let mut other = best.clone();
                other.means[query] += step;
                assert!(objective(&other, &counts) < highest, "query {query}");
            }
            let mut other = best.clone();
            other.mean += step;
            assert!(objective(&other, &counts) < highest, "mean");
        }
        assert!((best.rates[5] - best.means[1]).abs() < 1e-6, "what was never shown has its query's mean");
    }
}
