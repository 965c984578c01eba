//! Ratings, sentiment and reliability of an item's reviews. The trainer reads the reviews; the bundle carries their statistics
//! as signals of the item index.

use crate::{
    group::{FeatureGroup, Head, HeadInput, HiddenLayers, ListInput},
    matrix::Matrix,
};

/// Present where any item of the list has a known value.
pub static GROUP: FeatureGroup = FeatureGroup { columns: &COLUMNS, extract, multiplier: None };

/// The shape of its network.
pub const HEAD: Head = Head { input: HeadInput::Columns, hidden: HiddenLayers::One(4) };

/// Mean stars of the item's reviews, shrunk towards the shop's mean.
pub const RATING: &str = "review_rating";
/// ln(1 + number of reviews); 0 for an item without reviews.
pub const LOG_COUNT: &str = "log_reviews";
/// Mean sentiment of the review texts, −1 (negative) to 1 (positive).
pub const SENTIMENT: &str = "review_sentiment";
/// Share of the reviews whose stars contradict the sentiment of their text.
pub const CONTRADICTING: &str = "review_contradicting_share";
/// Share of the reviews that are near-duplicates of another review of the shop.
pub const COPIED: &str = "review_copied_share";
/// As [`RATING`], with contradicting and near-duplicate reviews down-weighted.
pub const CREDIBLE_RATING: &str = "review_credible_rating";

/// Each column is the signal of that name.
const COLUMNS: [&str; 6] = [RATING, LOG_COUNT, SENTIMENT, CONTRADICTING, COPIED, CREDIBLE_RATING];

fn extract(list: &ListInput) -> Option<Matrix> {
    let signals = COLUMNS.map(|name| list.statistics.signal_column(name));
    let values: Vec<f32> = list.items.iter().flat_map(|item| signals.map(|signal| signal.at(item.row))).collect();
    values.iter().any(|value| value.is_finite()).then_some(Matrix { values, columns: COLUMNS.len() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use windowshop_schema::{Group, Item, Statistics};

    use super::*;
    use crate::{FeatureExtractor, ListRequest, spec};

    #[test]
    fn an_item_without_reviews_is_unknown_and_a_list_of_such_items_lacks_the_group() {
        let signals =
            BTreeMap::from([(RATING.to_owned(), vec![4.5, f32::NAN]), (SENTIMENT.to_owned(), vec![0.5, f32::NAN])]);
        let statistics = Statistics { ids: vec!["mug".into(), "hat".into()], signals, ..Default::default() };
        let mut features = FeatureExtractor::new(statistics, spec::spec(BTreeMap::new())).unwrap();
        let [mug, hat, lamp] =
            ["mug", "hat", "lamp"].map(|id| features.register(&Item { id: id.into(), ..Default::default() }));
        let list = |items: &[u32]| {
            features.raw(ListRequest { query: None, items, session: &[], shop_order: false, intent: None })
        };
        let group = Group::Reviews as usize;
        assert!(!list(&[hat, lamp]).groups[group].present);
        let some = &list(&[lamp, mug, hat]).groups[group];
        assert!(some.present);
        assert_eq!((some.values.row(1)[0], some.values.row(1)[2]), (4.5, 0.5));
        assert!([0, 2].into_iter().all(|row| some.values.row(row).iter().all(|value| value.is_nan())));
    }
}
