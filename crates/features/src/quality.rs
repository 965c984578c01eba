//! How an item does with everybody: popularity, rates, the shop's own rating, price.

use windowshop_schema::{Item, Statistics};

use crate::{item::PreparedItem, matrix::Matrix};

/// Feature names. The signals of the same name come from the item index, the rest from the item itself.
pub const NAMES: [&str; 12] = [
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
/// The first so many names are signals.
const SIGNALS: usize = 8;
pub(crate) const RATING: usize = 8;
const LOG_RATING_COUNT: usize = 9;
const LOG_PRICE: usize = 10;
pub(crate) const TO_MEDIAN: usize = 11;
pub(crate) const LOG_INTERACTIONS: usize = 0;
pub(crate) const PURCHASE_RATE: usize = 7;

/// A shop's typical rating and how many ratings it is worth: a single five-star review proves little.
const PRIOR_RATING: f32 = 4.0;
const PRIOR_COUNT: f32 = 10.0;

/// The item-only features; unknown values are NaN.
pub fn of(item: &Item, row: Option<u32>, statistics: &Statistics) -> [f32; NAMES.len()] {
    let mut out = [f32::NAN; NAMES.len()];
    for (cell, name) in out.iter_mut().zip(&NAMES[..SIGNALS]) {
        *cell = statistics.signal(name, row);
    }
    let count = item.rating_count.map_or(1.0, |n| n as f32);
    out[RATING] = item.rating.map_or(f32::NAN, |r| (r * count + PRIOR_RATING * PRIOR_COUNT) / (count + PRIOR_COUNT));
    out[LOG_RATING_COUNT] = item.rating_count.map_or(f32::NAN, |n| (n as f32).ln_1p());
    out[LOG_PRICE] = item.price.filter(|p| *p > 0.0).map_or(f32::NAN, f32::ln);
    out
}

/// The features of a list: those of each item, and the price beside the list's median.
pub fn features(items: &[&PreparedItem]) -> Matrix {
    let mut out = Matrix::unknown(items.len(), NAMES.len());
    for (row, item) in items.iter().enumerate() {
        out.row_mut(row).copy_from_slice(&item.quality);
    }
    let mut prices: Vec<f32> = out.column(LOG_PRICE).filter(|p| p.is_finite()).collect();
    if !prices.is_empty() {
        prices.sort_unstable_by(f32::total_cmp);
        let median = prices[prices.len() / 2];
        for row in 0..items.len() {
            let cells = out.row_mut(row);
            cells[TO_MEDIAN] = cells[LOG_PRICE] - median;
        }
    }
    out
}
