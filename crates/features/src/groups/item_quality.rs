//! Item quality for all visitors: popularity, rates, star rating, price.

use crate::{
    group::{FeatureGroup, Head, HeadInput, HiddenLayers, ListInput},
    item::PreparedItem,
    matrix::Matrix,
};
use windowshop_schema::Statistics;

/// Always present.
pub static GROUP: FeatureGroup =
    FeatureGroup { columns: &COLUMNS, extract: |list| Some(extract(list)), multiplier: None };

/// The shape of its network.
pub const HEAD: Head = Head { input: HeadInput::Columns, hidden: HiddenLayers::One(2) };

/// The first 8 columns are signals of the item index, the rest comes from the item.
pub const COLUMNS: [&str; 12] = [
    "log_interactions",
    "log_last",
    "last_share",
    "last_three_share",
    "first_share",
    "click_rate",
    "cart_rate",
    "purchase_rate",
    "rating",
    "log_rating_count",
    "log_price",
    "log_price_to_median",
];
const SIGNALS: usize = 8;
pub(super) const LOG_INTERACTIONS: usize = 0;
pub(super) const PURCHASE_RATE: usize = 7;
pub(super) const RATING: usize = 8;
const LOG_RATING_COUNT: usize = 9;
const LOG_PRICE: usize = 10;
pub(super) const LOG_PRICE_TO_MEDIAN: usize = 11;

/// Bayesian average of ratings: prior mean, and the number of ratings it weighs as much as.
const PRIOR_RATING: f32 = 4.0;
const PRIOR_COUNT: f32 = 10.0;

/// The columns of each item that do not depend on the list, `[items, columns]`; `log_price_to_median` is NaN.
pub(crate) fn of_items(items: &[&PreparedItem], statistics: &Statistics) -> Matrix {
    let signals: [_; SIGNALS] = std::array::from_fn(|column| statistics.signal_column(COLUMNS[column]));
    let mut out = Matrix::unknown(items.len(), COLUMNS.len());
    for (row, item) in items.iter().enumerate() {
        let cells = out.row_mut(row);
        for (cell, signal) in cells.iter_mut().zip(signals) {
            *cell = signal.at(item.row);
        }
        let count = item.rating_count.map_or(1.0, |n| n as f32);
        cells[RATING] =
            item.rating.map_or(f32::NAN, |r| (r * count + PRIOR_RATING * PRIOR_COUNT) / (count + PRIOR_COUNT));
        cells[LOG_RATING_COUNT] = item.rating_count.map_or(f32::NAN, |n| (n as f32).ln_1p());
        cells[LOG_PRICE] = item.price.filter(|p| *p > 0.0).map_or(f32::NAN, f32::ln);
    }
    out
}

/// The columns of a list: those of each item, and its log price minus the median log price of the list.
pub(super) fn extract(list: &ListInput) -> Matrix {
    let mut out = of_items(list.items, list.statistics);
    let mut prices: Vec<f32> = out.column(LOG_PRICE).filter(|p| p.is_finite()).collect();
    if !prices.is_empty() {
        prices.sort_unstable_by(f32::total_cmp);
        let median = prices[prices.len() / 2];
        for row in 0..list.items.len() {
            let cells = out.row_mut(row);
            cells[LOG_PRICE_TO_MEDIAN] = cells[LOG_PRICE] - median;
        }
    }
    out
}
