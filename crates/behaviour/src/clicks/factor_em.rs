//! EM for models in which a click is a product of hidden binary factors, attraction and those of the position: the position-based model and the
//! user browsing model.
//!
//! A click has probability a·f₁·f₂…. Given a click every factor is 1; given none, a factor v of product p is 1 with probability
//! (v − p) / (1 − p). Expected values over trials, with pseudo-counts, are the next parameters.

use std::collections::HashMap;

use rayon::prelude::*;

use super::em::{self, EmSettings};
use super::groups::Groups;
use super::log::ClickLog;
use super::pair_rates::{PairRates, PseudoCounts, RatePrior};
use super::pair_table::{PairTable, kept_rate};
use crate::error::BehaviourError;

/// Index of a factor's parameter for each slot of a log.
pub(super) struct FactorKeys {
    /// `[slots]`, below `size`.
    pub keys: Vec<u32>,
    pub size: usize,
}

pub(super) struct ProductFit {
    pub attractiveness: PairTable,
    /// Parameters of each factor. `[factors][size]`
    pub factors: Vec<Vec<f64>>,
    pub trace: Vec<f64>,
}

/// Slots with equal pair, factors and click.
struct Cell {
    pair: u32,
    keys: Vec<u32>,
    clicked: bool,
    count: f64,
}

struct Factor {
    groups: Groups,
    values: Vec<f64>,
}

pub(super) fn fit(
    log: &ClickLog,
    keys: &[FactorKeys],
    prior: RatePrior,
    factor_prior: PseudoCounts,
    em: EmSettings,
) -> Result<ProductFit, BehaviourError> {
    let cells = fold(log, keys);
    let by_pair = Groups::new(log.pairs.len(), cells.iter().map(|cell| cell.pair));
    let mut rates = PairRates::new(log, prior);
    let factor = |(i, factor): (usize, &FactorKeys)| Factor {
        groups: Groups::new(factor.size, cells.iter().map(move |cell| cell.keys[i])),
        values: vec![factor_prior.mean(); factor.size],
    };
    let mut factors: Vec<Factor> = keys.iter().enumerate().map(factor).collect();

    let trace = em::maximise(em, log.impressions(), || {
        let product = |cell: &Cell| {
            let factor_keys = factors.iter().zip(&cell.keys);
            factor_keys.fold(rates.rates[cell.pair as usize], |p, (factor, &key)| p * factor.values[key as usize])
        };
        let products: Vec<f64> = cells.par_iter().map(product).collect();
        let log_likelihood: f64 = cells
            .iter()
            .zip(&products)
            .map(|(cell, &p)| cell.count * if cell.clicked { p.ln() } else { (-p).ln_1p() })
            .sum();
        let log_prior: f64 = factors.iter().flat_map(|f| &f.values).map(|&v| factor_prior.log_density(v)).sum();
        let objective = log_likelihood + log_prior + rates.log_prior();

        let expected_value = |value: f64, cell: usize| {
            let Cell { clicked, count, .. } = cells[cell];
            let expected = if clicked { 1.0 } else { (value - products[cell]) / (1.0 - products[cell]) };
            [count * expected, count]
        };
        let attraction = by_pair.sums(|pair, cell| expected_value(rates.rates[pair], cell));
        for factor in &mut factors {
            let sums = factor.groups.sums(|key, cell| expected_value(factor.values[key], cell));
            factor.values = sums.iter().map(|&[count, trials]| factor_prior.rate(count, trials)).collect();
        }
        rates.maximise(&attraction);
        objective
    })?;
    let factors = factors.iter().map(|factor| factor.values.iter().map(|&v| kept_rate(v)).collect()).collect();
    Ok(ProductFit { attractiveness: rates.table(), factors, trace })
}

/// Aggregates slots to cells, in the order of first occurrence.
fn fold(log: &ClickLog, keys: &[FactorKeys]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut known: HashMap<(u32, Vec<u32>, bool), usize> = HashMap::new();
    for (i, (slot, count)) in log.slots.iter().zip(log.slot_counts()).enumerate() {
        let keys: Vec<u32> = keys.iter().map(|factor| factor.keys[i]).collect();
        let cell = *known.entry((slot.pair, keys.clone(), slot.clicked)).or_insert_with(|| {
            cells.push(Cell { pair: slot.pair, keys, clicked: slot.clicked, count: 0.0 });
            cells.len() - 1
        });
        cells[cell].count += count;
    }
    cells
}
