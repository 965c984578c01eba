//! A mixture of position-based models: each visitor type has its own examination probabilities, attractiveness is shared. The type of a visit is
//! hidden. Fitted by EM.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::em::{self, EmSettings};
use super::groups::Groups;
use super::list::List;
use super::log::{ClickLog, Row, rank};
use super::model::{ClickModel, Fit, Fitted, Reader};
use super::pair_rates::{PairRates, PseudoCounts, RatePrior};
use super::pair_table::{PairTable, kept_rate};
use super::propensities::Propensities;
use crate::error::{BehaviourError, positive};

/// Settings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MixtureSettings {
    /// Number of visitor types, at least 1.
    pub types: usize,
    /// Prior of attractiveness.
    pub attractiveness: RatePrior,
    /// Pseudo-counts of examination.
    pub examination: PseudoCounts,
    /// Stopping rule.
    pub em: EmSettings,
}

impl Default for MixtureSettings {
    fn default() -> Self {
        Self {
            types: 3,
            attractiveness: RatePrior::default(),
            examination: PseudoCounts::PYCLICK_EM,
            em: EmSettings::default(),
        }
    }
}

/// A visitor type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitorType {
    /// Share of visits.
    pub share: f64,
    /// Examination probability of each rank. `[ranks]`; later ranks have that of the last.
    pub examination: Vec<f64>,
}

/// A mixture of position-based models. A grid is read row by row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mixture {
    /// P(attracts) of each item.
    pub attractiveness: PairTable,
    /// Positions per row.
    pub columns: u32,
    /// At least one.
    pub types: Vec<VisitorType>,
}

impl Mixture {
    /// Click probabilities by type. `[items][types]`
    fn by_type(&self, list: &List) -> Vec<Vec<f64>> {
        let rates = self.attractiveness.rates(list.query(), list.items());
        let at = |(rate, &position): (&f64, _)| {
            let rank = rank(position, self.columns);
            self.types.iter().map(|t| rate * t.examination[rank.min(t.examination.len()) - 1]).collect()
        };
        rates.iter().zip(list.positions()).map(at).collect()
    }

    fn shares(&self) -> Vec<f64> {
        self.types.iter().map(|t| t.share).collect()
    }
}

fn mean(shares: &[f64], values: &[f64]) -> f64 {
    shares.iter().zip(values).map(|(share, value)| share * value).sum()
}

impl ClickModel for Mixture {
    fn marginal(&self, list: &List) -> Vec<f64> {
        let shares = self.shares();
        self.by_type(list).iter().map(|values| mean(&shares, values)).collect()
    }

    fn reader<'a>(&'a self, list: &'a List) -> Box<dyn Reader + 'a> {
        Box::new(MixtureReader { by_type: self.by_type(list), shares: self.shares(), next: 0 })
    }

    fn attractiveness(&self, query: &str, item: &str) -> Option<f64> {
        Some(self.attractiveness.rate(query, item))
    }

    fn propensities(&self) -> Option<Propensities> {
        let shares = self.shares();
        let ranks = self.types.first().map_or(0, |t| t.examination.len());
        let at = |rank: usize| mean(&shares, &self.types.iter().map(|t| t.examination[rank]).collect::<Vec<_>>());
        Some(Propensities::new(self.columns, &(0..ranks).map(at).collect::<Vec<_>>()))
    }
}

/// Updates the posterior of the visitor's type after each item.
struct MixtureReader {
    by_type: Vec<Vec<f64>>,
    shares: Vec<f64>,
    next: usize,
}

impl Reader for MixtureReader {
    fn probability(&self) -> f64 {
        mean(&self.shares, &self.by_type[self.next])
    }

    fn observe(&mut self, clicked: bool) {
        for (share, p) in self.shares.iter_mut().zip(&self.by_type[self.next]) {
            *share *= if clicked { *p } else { 1.0 - p };
        }
        let sum: f64 = self.shares.iter().sum();
        self.shares.iter_mut().for_each(|share| *share /= sum);
        self.next += 1;
    }
}

/// Pseudo-visits of each type.
const SHARE_PRIOR: f64 = 1.0;

impl Fit for Mixture {
    type Settings = MixtureSettings;

    fn fit(log: &ClickLog, settings: &MixtureSettings) -> Result<Fitted<Self>, BehaviourError> {
        positive("types", settings.types as f64)?;
        settings.attractiveness.check("attractiveness")?;
        settings.examination.check("examination")?;
        let (types, columns, ranks) = (settings.types, log.columns(), log.ranks());
        let place: Vec<usize> = log.slots.iter().map(|slot| rank(slot.position, columns) - 1).collect();
        let by_rank = Groups::new(ranks, place.iter().map(|&rank| rank as u32));
        let by_pair = Groups::new(log.pairs.len(), log.slots.iter().map(|slot| slot.pair));
        let counts = log.slot_counts();
        let mut rates = PairRates::new(log, settings.attractiveness);
        // Types start from light to heavy clickers, which breaks their symmetry.
        let level = |t: usize| (t as f64 + 0.8) / (types as f64 + 0.6);
        let mut model: Vec<VisitorType> =
            (0..types).map(|t| VisitorType { share: 1.0 / types as f64, examination: vec![level(t); ranks] }).collect();
        let row_of: Vec<usize> =
            log.rows.iter().enumerate().flat_map(|(i, row)| row.slots.clone().map(move |_| i)).collect();

        let trace = em::maximise(settings.em, log.impressions(), || {
            let click =
                |slot: usize, t: usize| rates.rates[log.slots[slot].pair as usize] * model[t].examination[place[slot]];
            // Log-likelihood of a row and the probability that it is of each type.
            let expect = |row: &Row| {
                let mut joint: Vec<f64> = model.iter().map(|t| t.share.ln()).collect();
                for slot in row.slots.clone() {
                    for (t, joint) in joint.iter_mut().enumerate() {
                        let p = click(slot, t);
                        *joint += if log.slots[slot].clicked { p.ln() } else { (-p).ln_1p() };
                    }
                }
                let largest = joint.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                joint.iter_mut().for_each(|joint| *joint = (*joint - largest).exp());
                let sum: f64 = joint.iter().sum();
                joint.iter_mut().for_each(|joint| *joint /= sum);
                (row.count * (largest + sum.ln()), joint)
            };
            let (likelihoods, posteriors): (Vec<f64>, Vec<Vec<f64>>) =
                log.rows.par_iter().map(expect).collect::<Vec<_>>().into_iter().unzip();
            let log_prior = |t: &VisitorType| {
                let examination = t.examination.iter().map(|&v| settings.examination.log_density(v));
                SHARE_PRIOR * t.share.ln() + examination.sum::<f64>()
            };
            let objective =
                likelihoods.iter().sum::<f64>() + model.iter().map(log_prior).sum::<f64>() + rates.log_prior();

            // Expected value of a hidden factor `value` of a click of probability `p`, as in `factor_em`.
            let expected_value =
                |slot: usize, value: f64, p: f64| if log.slots[slot].clicked { 1.0 } else { (value - p) / (1.0 - p) };
            let attraction = by_pair.sums(|pair, slot| {
                let of_type =
                    |t: usize| posteriors[row_of[slot]][t] * expected_value(slot, rates.rates[pair], click(slot, t));
                [counts[slot] * (0..types).map(of_type).sum::<f64>(), counts[slot]]
            });
            let next = |t: usize| {
                let sums = by_rank.sums(|rank, slot| {
                    let visits = counts[slot] * posteriors[row_of[slot]][t];
                    [visits * expected_value(slot, model[t].examination[rank], click(slot, t)), visits]
                });
                let visits: f64 =
                    log.rows.iter().zip(&posteriors).map(|(row, posterior)| row.count * posterior[t]).sum();
                let share = (visits + SHARE_PRIOR) / (log.impressions() as f64 + SHARE_PRIOR * types as f64);
                let examination =
                    sums.iter().map(|&[count, trials]| settings.examination.rate(count, trials)).collect();
                VisitorType { share, examination }
            };
            model = (0..types).map(next).collect();
            rates.maximise(&attraction);
            objective
        })?;
        for t in &mut model {
            t.share = kept_rate(t.share);
            t.examination.iter_mut().for_each(|v| *v = kept_rate(*v));
        }
        Ok(Fitted { model: Self { attractiveness: rates.table(), columns, types: model }, trace })
    }
}
