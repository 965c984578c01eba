//! Item signals from behaviour: the inputs of the feature group `item_quality`.

use std::collections::BTreeMap;

use windowshop_features::groups::{item_quality, session::INTERACTIONS};
use windowshop_ingest::{History, ListStatistics};

/// Pseudo-count of an item's interactions.
pub const INTERACTION_PRIOR: f32 = 5.0;
/// Pseudo-impressions of the rates.
const RATE_PRIOR: f32 = 20.0;

/// Signals by name, one value per item.
pub type Signals = BTreeMap<String, Vec<f32>>;

/// Number of interactions of each item, and its positions in histories.
pub fn counts(histories: &[&History], count: usize) -> Signals {
    let (mut all, mut last, mut last_three, mut first) =
        (vec![0f32; count], vec![0f32; count], vec![0f32; count], vec![0f32; count]);
    for history in histories {
        let items: Vec<u32> = history.items.iter().copied().chain(history.target).collect();
        for (position, &item) in items.iter().enumerate() {
            let item = item as usize;
            all[item] += 1.0;
            first[item] += f32::from(position == 0);
            last[item] += f32::from(position + 1 == items.len());
            last_three[item] += f32::from(position + 3 >= items.len());
        }
    }
    let [log_interactions, log_last, last_share, last_three_share, first_share, ..] = item_quality::COLUMNS;
    let log = |values: &[f32]| values.iter().map(|v| v.ln_1p()).collect::<Vec<_>>();
    let share = |values: &[f32]| values.iter().zip(&all).map(|(v, n)| v / (n + INTERACTION_PRIOR)).collect::<Vec<_>>();
    Signals::from([
        (log_interactions.into(), log(&all)),
        (log_last.into(), log(&last)),
        (last_share.into(), share(&last)),
        (last_three_share.into(), share(&last_three)),
        (first_share.into(), share(&first)),
        (INTERACTIONS.into(), all),
    ])
}

/// Smoothed rates over the training impressions; empty without impressions.
pub fn rates(statistics: &[ListStatistics]) -> Signals {
    let total: u32 = statistics.iter().map(|s| s.impressions).sum();
    if total == 0 {
        return Signals::new();
    }
    let rate = |count: fn(&ListStatistics) -> u32| {
        let overall = statistics.iter().map(count).sum::<u32>() as f32 / total as f32;
        statistics
            .iter()
            .map(|s| (count(s) as f32 + RATE_PRIOR * overall) / (s.impressions as f32 + RATE_PRIOR))
            .collect()
    };
    let [.., click_rate, cart_rate, purchase_rate, _, _, _, _] = item_quality::COLUMNS;
    Signals::from([
        (click_rate.into(), rate(|s| s.clicks)),
        (cart_rate.into(), rate(|s| s.carts)),
        (purchase_rate.into(), rate(|s| s.purchases)),
    ])
}
