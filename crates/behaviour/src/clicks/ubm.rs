//! The user browsing model (Dupret & Piwowarski 2008): the examination of a rank depends on the rank and on the rank of the last click above.
//! Fitted by EM.

use serde::{Deserialize, Serialize};

use super::em::EmSettings;
use super::factor_em::{self, FactorKeys};
use super::list::List;
use super::log::{ClickLog, rank};
use super::model::{ClickModel, Fit, Fitted, Reader};
use super::pair_rates::{PseudoCounts, RatePrior};
use super::pair_table::PairTable;
use super::propensities::Propensities;
use crate::error::BehaviourError;

/// Most ranks: the model has a parameter per pair of ranks.
const MOST_RANKS: usize = 500;

/// Settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UbmSettings {
    /// Prior of attractiveness.
    pub attractiveness: RatePrior,
    /// Pseudo-counts of examination.
    pub examination: PseudoCounts,
    /// Stopping rule.
    pub em: EmSettings,
}

impl Default for UbmSettings {
    fn default() -> Self {
        Self { attractiveness: RatePrior::default(), examination: PseudoCounts::PYCLICK_EM, em: EmSettings::default() }
    }
}

/// The user browsing model. A grid is read row by row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ubm {
    /// P(attracts) of each item.
    pub attractiveness: PairTable,
    /// Positions per row.
    pub columns: u32,
    /// P(rank r is examined | last click at rank c; 0: none), at index r (r − 1) / 2 + c.
    pub examination: Vec<f64>,
    /// Mean examination probability of each rank over the lists of the fit. `[ranks]`
    pub examined: Vec<f64>,
}

/// Index of rank `rank` after a last click at `last`, a smaller rank.
fn cell(rank: usize, last: usize) -> usize {
    rank * (rank - 1) / 2 + last
}

impl Ubm {
    fn examination(&self, rank: usize, last: usize) -> f64 {
        let rank = rank.min(self.examined.len());
        self.examination[cell(rank, last.min(rank - 1))]
    }

    /// Examination probability of each item, given no click.
    fn examined(&self, ranks: &[usize], rates: &[f64]) -> Vec<f64> {
        // Distribution of the rank of the last click.
        let mut last = vec![(0, 1.0)];
        let mut examined = Vec::with_capacity(ranks.len());
        for (&rank, &rate) in ranks.iter().zip(rates) {
            let mut all = 0.0;
            for (clicked, probability) in &mut last {
                let examination = self.examination(rank, *clicked);
                all += *probability * examination;
                *probability *= 1.0 - rate * examination;
            }
            last.push((rank, rate * all));
            examined.push(all);
        }
        examined
    }

    fn ranks(&self, list: &List) -> Vec<usize> {
        list.positions().iter().map(|&position| rank(position, self.columns)).collect()
    }
}

impl ClickModel for Ubm {
    fn marginal(&self, list: &List) -> Vec<f64> {
        let rates = self.attractiveness.rates(list.query(), list.items());
        self.examined(&self.ranks(list), &rates).iter().zip(&rates).map(|(examined, rate)| examined * rate).collect()
    }

    fn reader<'a>(&'a self, list: &'a List) -> Box<dyn Reader + 'a> {
        let rates = self.attractiveness.rates(list.query(), list.items());
        Box::new(UbmReader { model: self, rates, ranks: self.ranks(list), next: 0, last: 0 })
    }

    fn attractiveness(&self, query: &str, item: &str) -> Option<f64> {
        Some(self.attractiveness.rate(query, item))
    }

    fn propensities(&self) -> Option<Propensities> {
        Some(Propensities::new(self.columns, &self.examined))
    }
}

struct UbmReader<'a> {
    model: &'a Ubm,
    rates: Vec<f64>,
    ranks: Vec<usize>,
    next: usize,
    last: usize,
}

impl Reader for UbmReader<'_> {
    fn probability(&self) -> f64 {
        self.rates[self.next] * self.model.examination(self.ranks[self.next], self.last)
    }

    fn observe(&mut self, clicked: bool) {
        if clicked {
            self.last = self.ranks[self.next];
        }
        self.next += 1;
    }
}

impl Fit for Ubm {
    type Settings = UbmSettings;

    fn fit(log: &ClickLog, settings: &UbmSettings) -> Result<Fitted<Self>, BehaviourError> {
        settings.attractiveness.check("attractiveness")?;
        settings.examination.check("examination")?;
        let columns = log.columns();
        let ranks = log.ranks();
        if ranks > MOST_RANKS {
            return Err(BehaviourError::TooManyPositions { found: ranks, at_most: MOST_RANKS });
        }
        let mut keys = Vec::with_capacity(log.slots.len());
        for row in &log.rows {
            let mut last = 0;
            for slot in &log.slots[row.slots.clone()] {
                let rank = rank(slot.position, columns);
                keys.push(cell(rank, last) as u32);
                last = if slot.clicked { rank } else { last };
            }
        }
        let factor = FactorKeys { keys, size: cell(ranks + 1, 0) };
        let fit = factor_em::fit(log, &[factor], settings.attractiveness, settings.examination, settings.em)?;
        let examination = fit.factors.into_iter().next().unwrap_or_default();
        let mut model = Self { attractiveness: fit.attractiveness, columns, examination, examined: vec![0.0; ranks] };
        model.examined =
            log.mean_by_rank(|query, items, ranks| model.examined(ranks, &model.attractiveness.rates(query, items)));
        Ok(Fitted { model, trace: fit.trace })
    }
}
