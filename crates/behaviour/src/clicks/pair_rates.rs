//! The rates of (query, item) pairs while a model is fitted: expected counts and a prior to a rate.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::groups::Groups;
use super::log::{ClickLog, Pair};
use super::pair_table::{PairTable, QueryRates, kept, kept_rate, log_odds, probability};
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
    /// Log-odds are normal around what the query's items have in common plus what the item has in common for all queries; both are fitted
    /// too. Pairs seen seldom lean on them. (A logistic regression with random effects, Gelman & Hill 2007; Beta densities around free
    /// means would not do: they are highest where means and rates are all 0.)
    Effects {
        /// Precision of a pair's log-odds: 1 / variance.
        pair: f64,
        /// Precision of an item's part.
        item: f64,
    },
}

impl Default for RatePrior {
    /// Chosen on held-out parts of a search engine's log; anything from 2 to 5 does nearly as well.
    fn default() -> Self {
        Self::Effects { pair: 3.0, item: 3.0 }
    }
}

impl RatePrior {
    pub(super) fn check(self, setting: &'static str) -> Result<(), BehaviourError> {
        match self {
            Self::Fixed(counts) => counts.check(setting),
            Self::Effects { pair, item } => positive(setting, pair).and(positive(setting, item)),
        }
    }
}

/// Precision of a query's part.
const QUERY: f64 = 1.0;
/// A rate with nothing observed: as with PyClick's pseudo-counts.
const FIRST_RATE: f64 = 0.2;

/// Rates of a log's pairs under a prior.
#[derive(Clone, Debug)]
pub(super) struct PairRates<'a> {
    log: &'a ClickLog,
    prior: RatePrior,
    by_query: Groups,
    by_item: Groups,
    /// `[pairs]`
    pub rates: Vec<f64>,
    /// In log-odds. `[queries]`, `[items]`, and the mean of all queries.
    of_query: Vec<f64>,
    of_item: Vec<f64>,
    mean: f64,
}

impl<'a> PairRates<'a> {
    /// Every rate where the prior has it with nothing observed.
    pub fn new(log: &'a ClickLog, prior: RatePrior) -> Self {
        let rate = match prior {
            RatePrior::Fixed(counts) => counts.mean(),
            RatePrior::Effects { .. } => FIRST_RATE,
        };
        let mean = log_odds(rate);
        Self {
            log,
            prior,
            by_query: Groups::new(log.queries.len(), log.pairs.iter().map(|pair| pair.query)),
            by_item: Groups::new(log.items.len(), log.pairs.iter().map(|pair| pair.item)),
            rates: vec![rate; log.pairs.len()],
            of_query: vec![mean; log.queries.len()],
            of_item: vec![0.0; log.items.len()],
            mean,
        }
    }

    /// Rates counted outright: the most probable ones after `counts` (successes, trials) of each pair.
    pub fn counted(log: &'a ClickLog, prior: RatePrior, counts: &[[f64; 2]]) -> Self {
        let mut rates = Self::new(log, prior);
        // Rates and effects are maximised in turns; a fixed prior needs one.
        for _ in 0..500 {
            let before = rates.rates.clone();
            rates.maximise(counts);
            if before.iter().zip(&rates.rates).all(|(a, b)| (a - b).abs() < 1e-9) {
                break;
            }
        }
        rates
    }

    /// The most probable rates after expected `counts` (successes, trials) of each pair, then the most probable effects.
    pub fn maximise(&mut self, counts: &[[f64; 2]]) {
        match self.prior {
            RatePrior::Fixed(pseudo) => {
                self.rates = counts.par_iter().map(|&[count, trials]| pseudo.rate(count, trials)).collect();
            }
            RatePrior::Effects { pair, item } => {
                let centres = self.centres();
                let start = &self.rates;
                let rate = |(i, &[count, trials]): (usize, &[f64; 2])| {
                    probability(most_probable(count, trials, centres[i], pair, log_odds(start[i])))
                };
                self.rates = counts.par_iter().enumerate().map(rate).collect();
                self.maximise_effects(pair, item);
            }
        }
    }

    /// What each pair's log-odds lean on. `[pairs]`
    fn centres(&self) -> Vec<f64> {
        let centre = |pair: &Pair| self.of_query[pair.query as usize] + self.of_item[pair.item as usize];
        self.log.pairs.iter().map(centre).collect()
    }

    fn maximise_effects(&mut self, pair: f64, item: f64) {
        let (rates, pairs) = (&self.rates, &self.log.pairs);
        let of_query = &self.of_query;
        let sums = self.by_item.sums(|_, i| [log_odds(rates[i]) - of_query[pairs[i].query as usize], 1.0]);
        self.of_item = sums.iter().map(|[sum, n]| pair * sum / (pair * n + item)).collect();
        let of_item = &self.of_item;
        let sums = self.by_query.sums(|_, i| [log_odds(rates[i]) - of_item[pairs[i].item as usize], 1.0]);
        self.of_query = sums.iter().map(|[sum, n]| (pair * sum + QUERY * self.mean) / (pair * n + QUERY)).collect();
        self.mean = self.of_query.iter().sum::<f64>() / self.of_query.len() as f64;
    }

    /// Logarithm of the prior density, less a constant.
    pub fn log_prior(&self) -> f64 {
        match self.prior {
            RatePrior::Fixed(counts) => self.rates.iter().map(|&rate| counts.log_density(rate)).sum(),
            RatePrior::Effects { pair, item } => {
                let apart = |(rate, centre): (&f64, f64)| (log_odds(*rate) - centre).powi(2);
                let pairs: f64 = self.rates.iter().zip(self.centres()).map(apart).sum();
                let items: f64 = self.of_item.iter().map(|effect| effect.powi(2)).sum();
                let queries: f64 = self.of_query.iter().map(|effect| (effect - self.mean).powi(2)).sum();
                -0.5 * (pair * pairs + item * items + QUERY * queries)
            }
        }
    }

    /// The rates by name.
    pub fn table(&self) -> PairTable {
        let mut queries: BTreeMap<String, QueryRates> = BTreeMap::new();
        for (query, name) in self.log.queries.iter().enumerate() {
            let members = self.by_query.members(query).iter().map(|&pair| pair as usize);
            let name_of = |pair: usize| self.log.items[self.log.pairs[pair].item as usize].clone();
            let items = members.map(|pair| (name_of(pair), kept_rate(self.rates[pair]))).collect();
            queries.insert(name.clone(), QueryRates { mean: kept(self.of_query[query]), items });
        }
        let items = self.log.items.iter().zip(&self.of_item).filter(|(_, effect)| **effect != 0.0);
        let items = items.map(|(name, effect)| (name.clone(), kept(*effect))).collect();
        PairTable { mean: kept(self.mean), items, queries }
    }
}

/// The most probable log-odds of a rate with `count` successes in `trials`, normal around `centre`. The slope of their logarithm falls, so
/// Newton's steps are kept between bounds that hold its root.
fn most_probable(count: f64, trials: f64, centre: f64, precision: f64, start: f64) -> f64 {
    let slope = |x: f64| count - trials * probability(x) - precision * (x - centre);
    let (mut low, mut high) = (centre - (trials - count) / precision, centre + count / precision);
    let mut x = start.clamp(low, high);
    for _ in 0..50 {
        let here = slope(x);
        if here > 0.0 {
            low = x
        } else {
            high = x
        }
        let p = probability(x);
        let newton = x + here / (trials * p * (1.0 - p) + precision);
        let next = if newton > low && newton < high { newton } else { (low + high) / 2.0 };
        let settled = (next - x).abs() < 1e-12;
        x = next;
        if settled {
            break;
        }
    }
    x
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
        let best = PairRates::counted(&log, RatePrior::Effects { pair: 2.0, item: 3.0 }, &counts);
        let highest = objective(&best, &counts);
        for step in [-1e-3, 1e-3] {
            for pair in 0..6 {
                let mut other = best.clone();
                other.rates[pair] += step;
                assert!(objective(&other, &counts) < highest, "pair {pair}");
            }
            for query in 0..2 {
                let mut other = best.clone();
                other.of_query[query] += step;
                assert!(objective(&other, &counts) < highest, "query {query}");
            }
            for item in 0..3 {
                let mut other = best.clone();
                other.of_item[item] += step;
                assert!(objective(&other, &counts) < highest, "item {item}");
            }
            let mut other = best.clone();
            other.mean += step;
            assert!(objective(&other, &counts) < highest, "mean");
        }
        let centre = probability(best.of_query[1] + best.of_item[2]);
        assert!((best.rates[5] - centre).abs() < 1e-6, "what was never shown is where it leans");
    }
}
