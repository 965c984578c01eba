//! What buyers wrote about an item, and how far that can be believed. The trainer reads the reviews; a page has what came of it.

use windowshop_schema::Statistics;

use crate::{item::PreparedItem, matrix::Matrix};

/// Stars of the item's reviews, drawn towards the shop's mean.
pub const RATING: &str = "review_rating";
/// ln(1 + number of reviews); 0 for an item without any.
pub const LOG_COUNT: &str = "log_reviews";
/// How the reviewers felt, from −1 (negative) to 1 (positive), by the words that they chose.
pub const SENTIMENT: &str = "review_sentiment";
/// Share of the reviews whose stars say the opposite of their words.
pub const CONTRADICTING: &str = "review_contradicting_share";
/// Share of the reviews that are nearly the same as another review of the shop.
pub const COPIED: &str = "review_copied_share";
/// As [`RATING`], where reviews that contradict themselves or are copies count for little.
pub const CREDIBLE_RATING: &str = "review_credible_rating";

/// Feature names; each is a signal of the item index.
pub const NAMES: [&str; 6] = [RATING, LOG_COUNT, SENTIMENT, CONTRADICTING, COPIED, CREDIBLE_RATING];

/// What is known of the reviews of the item in `row`; unknown values are NaN.
pub fn of(row: Option<u32>, statistics: &Statistics) -> [f32; NAMES.len()] {
    NAMES.map(|name| statistics.signal(name, row))
}

/// The features of a list: those of each item.
pub fn features(items: &[&PreparedItem]) -> Matrix {
    Matrix { values: items.iter().flat_map(|item| item.reviews).collect(), columns: NAMES.len() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use windowshop_schema::{Group, Item};

    use super::*;
    use crate::{FeatureExtractor, ListRequest, spec};

    #[test]
    fn an_item_without_reviews_is_unknown_and_a_list_of_such_items_has_nothing_to_say() {
        let signals =
            BTreeMap::from([(RATING.to_owned(), vec![4.5, f32::NAN]), (SENTIMENT.to_owned(), vec![0.5, f32::NAN])]);
        let statistics = Statistics { ids: vec!["mug".into(), "hat".into()], signals, ..Default::default() };
        let mut features = FeatureExtractor::new(statistics, spec::spec(BTreeMap::new()));
        let [mug, hat, lamp] =
            ["mug", "hat", "lamp"].map(|id| features.register(&Item { id: id.into(), ..Default::default() }));
        let list = |items: &[u32]| {
            features.raw(ListRequest { query: None, items, session: &[], shop_order: false, intent: None })
        };
        let group = Group::Reviews as usize;
        assert!(!list(&[hat, lamp]).present[group]);
        let some = list(&[lamp, mug, hat]);
        assert!(some.present[group]);
        assert_eq!((some.groups[group].row(1)[0], some.groups[group].row(1)[2]), (4.5, 0.5));
        assert!([0, 2].into_iter().all(|row| some.groups[group].row(row).iter().all(|value| value.is_nan())));
    }
}
