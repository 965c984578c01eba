//! Baselines: click-through rates of ranks, and of a query's items (PyClick's RCTR and DCTR).

use serde::{Deserialize, Serialize};

use super::groups::Groups;
use super::list::List;
use super::log::{ClickLog, rank};
use super::model::{ClickModel, Fit, Fitted, Independent, Reader};
use super::pair_rates::{PairRates, PseudoCounts, RatePrior};
use super::pair_table::{PairTable, kept_rate};
use super::propensities::Propensities;
use crate::error::BehaviourError;

/// Settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CtrSettings {
    /// Pseudo-counts of a click-through rate.
    pub clicks: PseudoCounts,
}

impl Default for CtrSettings {
    fn default() -> Self {
        Self { clicks: PseudoCounts::PYCLICK_COUNTS }
    }
}

/// The click-through rate of each rank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankCtr {
    /// Positions per row.
    pub columns: u32,
    /// `[ranks]`; later ranks have the rate of the last.
    pub rates: Vec<f64>,
}

impl ClickModel for RankCtr {
    fn marginal(&self, list: &List) -> Vec<f64> {
        let rate = |&position| self.rates[rank(position, self.columns).min(self.rates.len()) - 1];
        list.positions().iter().map(rate).collect()
    }

    fn reader<'a>(&'a self, list: &'a List) -> Box<dyn Reader + 'a> {
        Box::new(Independent::new(self.marginal(list)))
    }

    fn attractiveness(&self, _: &str, _: &str) -> Option<f64> {
        None
    }

    /// The click-through rates; too steep if attractive items are shown at high ranks.
    fn propensities(&self) -> Option<Propensities> {
        Some(Propensities::new(self.columns, &self.rates))
    }
}

impl Fit for RankCtr {
    type Settings = CtrSettings;

    fn fit(log: &ClickLog, settings: &CtrSettings) -> Result<Fitted<Self>, BehaviourError> {
        settings.clicks.check("clicks")?;
        let columns = log.columns();
        let counts = log.slot_counts();
        let groups = Groups::new(log.ranks(), log.slots.iter().map(|slot| rank(slot.position, columns) as u32 - 1));
        let sums = groups.sums(|_, slot| [f64::from(u8::from(log.slots[slot].clicked)) * counts[slot], counts[slot]]);
        let rates = sums.iter().map(|&[clicks, shown]| kept_rate(settings.clicks.rate(clicks, shown))).collect();
        Ok(Fitted { model: Self { columns, rates }, trace: Vec::new() })
    }
}

/// The click-through rate of each item of a query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentCtr {
    /// Click-through rates.
    pub rates: PairTable,
}

impl ClickModel for DocumentCtr {
    fn marginal(&self, list: &List) -> Vec<f64> {
        self.rates.rates(list.query(), list.items())
    }

    fn reader<'a>(&'a self, list: &'a List) -> Box<dyn Reader + 'a> {
        Box::new(Independent::new(self.marginal(list)))
    }

    /// The click-through rate, as if every position were examined.
    fn attractiveness(&self, query: &str, item: &str) -> Option<f64> {
        Some(self.rates.rate(query, item))
    }

    fn propensities(&self) -> Option<Propensities> {
        None
    }
}

impl Fit for DocumentCtr {
    type Settings = CtrSettings;

    fn fit(log: &ClickLog, settings: &CtrSettings) -> Result<Fitted<Self>, BehaviourError> {
        settings.clicks.check("clicks")?;
        let counts = log.slot_counts();
        let groups = Groups::new(log.pairs.len(), log.slots.iter().map(|slot| slot.pair));
        let sums = groups.sums(|_, slot| [f64::from(u8::from(log.slots[slot].clicked)) * counts[slot], counts[slot]]);
        let rates = PairRates::counted(log, RatePrior::Fixed(settings.clicks), &sums).table();
        Ok(Fitted { model: Self { rates }, trace: Vec::new() })
    }
}
