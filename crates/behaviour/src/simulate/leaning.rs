//! Whether budgets show in what is clicked in lists.

use std::collections::HashMap;

use super::prices::Prices;
use super::shop_log::ShopLog;
use crate::clicks::{ClickModel, Impression};

/// How much of what the budget of a visitor (as picks outside lists tell it) would do to the odds of clicks is done, in [0, 1]: 0 where lists are
/// clicked without regard to it, or there is nothing to tell by.
///
/// To first order a budget b moves the mean dearness of what is clicked in a list by b V / (1 − ρ) of it, V being the variance of dearness over
/// the list's clicks and ρ the correlation of a visitor's picks. The share is the slope of what is seen on that, through the origin; strong
/// budgets do less than the first order says, so it errs on the low side.
pub(super) fn leaning(log: &ShopLog, prices: &Prices, model: &dyn ClickModel) -> f64 {
    let index = log.index();
    let (mut products, mut squares) = (0.0, 0.0);
    for visits in log.by_visitor() {
        let outside =
            visits.iter().flat_map(|visit| &visit.acts).filter(|act| act.kind == log.leading() && act.list.is_none());
        let picks: Vec<f64> = outside.filter_map(|act| prices.dearness[act.product]).collect();
        let n = picks.len() as f64;
        if picks.is_empty() {
            continue;
        }
        // The mean of n picks, shrunk by its reliability (Spearman 1910, Brown 1910).
        let budget = picks.iter().sum::<f64>() / n * n * prices.budget / (1.0 + (n - 1.0) * prices.budget);
        for impression in visits.iter().flat_map(|visit| &visit.lists).map(|shown| &shown.impression) {
            let (moved, variance) = moved(impression, prices, model, &index);
            let whole = budget * variance / (1.0 - prices.budget);
            products += moved * whole;
            squares += whole * whole;
        }
    }
    if squares > 0.0 { (products / squares).clamp(0.0, 1.0) } else { 0.0 }
}

/// How much dearer the clicks of a list are together than expected of as many, and what a budget of 1 would make of that.
fn moved(impression: &Impression, prices: &Prices, model: &dyn ClickModel, index: &HashMap<&str, usize>) -> (f64, f64) {
    let list = impression.list();
    let items = list.items().iter().zip(model.marginal(list)).zip(impression.clicked());
    let priced: Vec<(f64, f64, bool)> =
        items.filter_map(|((item, p), &clicked)| Some((prices.dearness[index[item.as_str()]]?, p, clicked))).collect();
    let weight: f64 = priced.iter().map(|(_, p, _)| p).sum();
    let mean = priced.iter().map(|(dearness, p, _)| dearness * p).sum::<f64>() / weight;
    let variance = priced.iter().map(|(dearness, p, _)| p * (dearness - mean).powi(2)).sum::<f64>() / weight;
    let clicked = || priced.iter().filter(|(_, _, clicked)| *clicked);
    let clicks = clicked().count() as f64;
    (clicked().map(|(dearness, _, _)| dearness - mean).sum(), if clicks > 0.0 { clicks * variance } else { 0.0 })
}
