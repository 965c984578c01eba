//! The effect of a visitor's price preference on clicks in lists.

use std::collections::HashMap;

use super::prices::Prices;
use super::shop_log::ShopLog;
use crate::clicks::{ClickModel, Impression};

/// How much of the price effect seen in picks outside lists also holds for clicks in lists, in [0, 1]; 0 without evidence.
///
/// To first order a price preference b moves the mean price score of the clicks in a list by b V / (1 − ρ), with the variance V of the
/// price score over the list's clicks and the intraclass correlation ρ. The estimate is the least-squares slope through the origin of the
/// observed shift on the predicted one. Strong preferences shift less than the first order, so the estimate is biased towards 0.
pub(super) fn price_effect(log: &ShopLog, prices: &Prices, model: &dyn ClickModel) -> f64 {
    let index = log.index();
    let (mut products, mut squares) = (0.0, 0.0);
    for visits in log.by_visitor() {
        let outside = visits
            .iter()
            .flat_map(|visit| &visit.interactions)
            .filter(|interaction| interaction.kind == log.pick_kind() && interaction.list.is_none());
        let picks: Vec<f64> = outside.filter_map(|interaction| prices.price_score[interaction.product]).collect();
        let n = picks.len() as f64;
        if picks.is_empty() {
            continue;
        }
        // The mean of n picks, shrunk by its reliability (Spearman 1910, Brown 1910).
        let preference =
            picks.iter().sum::<f64>() / n * n * prices.correlation / (1.0 + (n - 1.0) * prices.correlation);
        for impression in visits.iter().flat_map(|visit| &visit.lists).map(|shown| &shown.impression) {
            let (shift, variance) = price_shift(impression, prices, model, &index);
            let predicted = preference * variance / (1.0 - prices.correlation);
            products += shift * predicted;
            squares += predicted * predicted;
        }
    }
    if squares > 0.0 { (products / squares).clamp(0.0, 1.0) } else { 0.0 }
}

/// The sum over a list's clicks of their price score above the list's expected mean, and the number of clicks times the variance.
fn price_shift(
    impression: &Impression,
    prices: &Prices,
    model: &dyn ClickModel,
    index: &HashMap<&str, usize>,
) -> (f64, f64) {
    let list = impression.list();
    let items = list.items().iter().zip(model.marginal(list)).zip(impression.clicked());
    let priced: Vec<(f64, f64, bool)> = items
        .filter_map(|((item, p), &clicked)| Some((prices.price_score[index[item.as_str()]]?, p, clicked)))
        .collect();
    let weight: f64 = priced.iter().map(|(_, p, _)| p).sum();
    let mean = priced.iter().map(|(price_score, p, _)| price_score * p).sum::<f64>() / weight;
    let variance = priced.iter().map(|(price_score, p, _)| p * (price_score - mean).powi(2)).sum::<f64>() / weight;
    let clicked = || priced.iter().filter(|(_, _, clicked)| *clicked);
    let clicks = clicked().count() as f64;
    (clicked().map(|(price_score, _, _)| price_score - mean).sum(), if clicks > 0.0 { clicks * variance } else { 0.0 })
}
