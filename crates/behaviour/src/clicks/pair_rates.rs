//! Estimates a rate per (query, item) pair from expected counts and a prior.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::groups::Groups;
use super::log::{ClickLog, Pair};
use super::pair_table::{PairTable, QueryRates, kept, kept_rate, log_odds, probability};
use crate::error::{BehaviourError, positive};

/// Pseudo-counts of a rate: the prior Beta(yes + 1, no + 1), with posterior mode (yes + count) / (yes + no + trials).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PseudoCounts {
    /// Pseudo-successes.
    pub yes: f64,
    /// Pseudo-failures.
    pub no: f64,
}

impl PseudoCounts {
    /// PyClick's pseudo-counts of EM models: numerator 1, denominator 5.
    pub const PYCLICK_EM: Self = Self { yes: 1.0, no: 4.0 };
    /// PyClick's pseudo-counts of counting models: numerator 1, denominator 2 (Laplace's rule of succession).
    pub const PYCLICK_COUNTS: Self = Self { yes: 1.0, no: 1.0 };

    /// The rate without observations.
    pub fn mean(self) -> f64 {
        self.yes / (self.yes + self.no)
    }

    /// Posterior mode after `count` successes in `trials`.
    pub(super) fn rate(self, count: f64, trials: f64) -> f64 {
        (self.yes + count) / (self.yes + self.no + trials)
    }

    /// Log prior density, up to a constant.
    pub(super) fn log_density(self, rate: f64) -> f64 {
        self.yes * rate.ln() + self.no * (-rate).ln_1p()
    }

    pub(super) fn check(self, setting: &'static str) -> Result<(), BehaviourError> {
        positive(setting, self.yes)?;
        positive(setting, self.no)
    }
}

/// Prior of a pair's rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RatePrior {
    /// The same Beta prior for every pair.
    Fixed(PseudoCounts),
    /// Log-odds are normal around the sum of a query effect and an item effect, which are fitted too: logistic regression with random effects
    /// (Gelman & Hill 2007). A Beta prior with a free mean would degenerate to mean and rates 0.
    Effects {
        /// Precision (1 / variance) of a pair's log-odds.
        pair: f64,
        /// Precision of an item effect.
        item: f64,
    },
}

impl Default for RatePrior {
    /// Chosen on held-out parts of a search log; precisions from 2 to 5 do nearly as well.
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

/// Precision of a query effect.
const QUERY_PRECISION: f64 = 1.0;
/// Initial rate, that of PyClick's pseudo-counts.
const INITIAL_RATE: f64 = 0.2;

/// Rates of all pairs of a log under a prior.
#[derive(Clone, Debug)]
pub(super) struct PairRates<'a> {
    log: &'a ClickLog,
    prior: RatePrior,
    by_query: Groups,
    by_item: Groups,
    /// `[pairs]`
    pub rates: Vec<f64>,
    /// Effects in log-odds: by query, by item, and the mean of the query effects.
    query_effects: Vec<f64>,
    item_effects: Vec<f64>,
    mean: f64,
}

impl<'a> PairRates<'a> {
    /// Rates without observations.
    pub fn new(log: &'a ClickLog, prior: RatePrior) -> Self {
        let rate = match prior {
            RatePrior::Fixed(counts) => counts.mean(),
            RatePrior::Effects { .. } => INITIAL_RATE,
        };
        let mean = log_odds(rate);
        Self {
            log,
            prior,
            by_query: Groups::new(log.queries.len(), log.pairs.iter().map(|pair| pair.query)),
            by_item: Groups::new(log.items.len(), log.pairs.iter().map(|pair| pair.item)),
            rates: vec![rate; log.pairs.len()],
            query_effects: vec![mean; log.queries.len()],
            item_effects: vec![0.0; log.items.len()],
            mean,
        }
    }

    /// Posterior modes for `counts` (successes, trials) of each pair.
    pub fn counted(log: &'a ClickLog, prior: RatePrior, counts: &[[f64; 2]]) -> Self {
        let mut rates = Self::new(log, prior);
        // Coordinate ascent over rates and effects; a fixed prior needs one step.
        for _ in 0..500 {
            let before = rates.rates.clone();
            rates.maximise(counts);
            if before.iter().zip(&rates.rates).all(|(a, b)| (a - b).abs() < 1e-9) {
                break;
            }
        }
        rates
    }

    /// Updates the rates to their posterior modes for expected `counts` (successes, trials), then the effects.
    pub fn maximise(&mut self, counts: &[[f64; 2]]) {
        match self.prior {
            RatePrior::Fixed(pseudo) => {
                self.rates = counts.par_iter().map(|&[count, trials]| pseudo.rate(count, trials)).collect();
            }
            RatePrior::Effects { pair, item } => {
                let centres = self.centres();
                let start = &self.rates;
                let rate = |(i, &[count, trials]): (usize, &[f64; 2])| {
                    probability(posterior_mode(count, trials, centres[i], pair, log_odds(start[i])))
                };
                self.rates = counts.par_iter().enumerate().map(rate).collect();
                self.maximise_effects(pair, item);
            }
        }
    }

    /// Prior mean of each pair's log-odds. `[pairs]`
    fn centres(&self) -> Vec<f64> {
        let centre = |pair: &Pair| self.query_effects[pair.query as usize] + self.item_effects[pair.item as usize];
        self.log.pairs.iter().map(centre).collect()
    }

    fn maximise_effects(&mut self, pair: f64, item: f64) {
        let (rates, pairs) = (&self.rates, &self.log.pairs);
        let query_effects = &self.query_effects;
        let sums = self.by_item.sums(|_, i| [log_odds(rates[i]) - query_effects[pairs[i].query as usize], 1.0]);
        self.item_effects = sums.iter().map(|[sum, n]| pair * sum / (pair * n + item)).collect();
        let item_effects = &self.item_effects;
        let sums = self.by_query.sums(|_, i| [log_odds(rates[i]) - item_effects[pairs[i].item as usize], 1.0]);
        self.query_effects = sums
            .iter()
            .map(|[sum, n]| (pair * sum + QUERY_PRECISION * self.mean) / (pair * n + QUERY_PRECISION))
            .collect();
        self.mean = self.query_effects.iter().sum::<f64>() / self.query_effects.len() as f64;
    }

    /// Log prior density, up to a constant.
    pub fn log_prior(&self) -> f64 {
        match self.prior {
            RatePrior::Fixed(counts) => self.rates.iter().map(|&rate| counts.log_density(rate)).sum(),
            RatePrior::Effects { pair, item } => {
                let squared_residual = |(rate, centre): (&f64, f64)| (log_odds(*rate) - centre).powi(2);
                let pairs: f64 = self.rates.iter().zip(self.centres()).map(squared_residual).sum();
                let items: f64 = self.item_effects.iter().map(|effect| effect.powi(2)).sum();
                let queries: f64 = self.query_effects.iter().map(|effect| (effect - self.mean).powi(2)).sum();
                -0.5 * (pair * pairs + item * items + QUERY_PRECISION * queries)
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
            queries.insert(name.clone(), QueryRates { mean: kept(self.query_effects[query]), items });
        }
        let items = self.log.items.iter().zip(&self.item_effects).filter(|(_, effect)| **effect != 0.0);
        let items = items.map(|(name, effect)| (name.clone(), kept(*effect))).collect();
        PairTable { mean: kept(self.mean), items, queries }
    }
}

/// Posterior mode of the log-odds of a rate with `count` successes in `trials` and a normal prior around `centre`. The log-posterior is
/// concave: Newton steps, safeguarded by bisection.
fn posterior_mode(count: f64, trials: f64, centre: f64, precision: f64, start: f64) -> f64 {
    let derivative = |x: f64| count - trials * probability(x) - precision * (x - centre);
    let (mut low, mut high) = (centre - (trials - count) / precision, centre + count / precision);
    let mut x = start.clamp(low, high);
    for _ in 0..50 {
        let here = derivative(x);
        if here > 0.0 {
            low = x
        } else {
            high = x
        }
        let p = probability(x);
        let newton = x + here / (trials * p * (1.0 - p) + precision);
        let next = if newton > low && newton < high { newton } else { (low + high) / 2.0 };
        let converged = (next - x).abs() < 1e-12;
        x = next;
        if converged {
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
    fn counted_rates_and_effects_maximise_the_penalised_likelihood() {
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
                other.query_effects[query] += step;
                assert!(objective(&other, &counts) < highest, "query {query}");
            }
            for item in 0..3 {
                let mut other = best.clone();
                other.item_effects[item] += step;
                assert!(objective(&other, &counts) < highest, "item {item}");
            }
            let mut other = best.clone();
            other.mean += step;
            assert!(objective(&other, &counts) < highest, "mean");
        }
        let centre = probability(best.query_effects[1] + best.item_effects[2]);
        assert!((best.rates[5] - centre).abs() < 1e-6, "a pair without trials has its prior mean");
    }
}
