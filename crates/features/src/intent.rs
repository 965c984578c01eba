//! What suits a visit that is likelier than others to end in a purchase, or less likely.
//!
//! How likely that is, is the same for every item of a list, so alone it orders nothing: it is multiplied with what tells the
//! items apart. Both factors are standardised first, the visit's by the visits of the training lists. So a product is 0 at an
//! average visit, and what an item is worth at any visit is left to the group `item_quality`.

use crate::{matrix::Matrix, quality};

/// Feature names: the product of the visit's logarithm of the odds of a purchase with the item's price beside the list's
/// median, its popularity, its rating and the share of its impressions that were bought.
pub const NAMES: [&str; 4] = ["intent_price", "intent_popularity", "intent_rating", "intent_purchase_rate"];
/// What each is a product with, by its place in [`quality::NAMES`].
const FACTORS: [usize; NAMES.len()] =
    [quality::TO_MEDIAN, quality::LOG_INTERACTIONS, quality::RATING, quality::PURCHASE_RATE];

/// A probability is never told to be nearer to 0 or 1 than this.
const SMALLEST: f32 = 1e-4;

/// One number: ln(p / (1 − p)) of the probability that the visit ends in a purchase; unknown without one.
pub fn odds(probability: Option<f32>) -> Matrix {
    let odds = |p: f32| {
        let p = p.clamp(SMALLEST, 1.0 - SMALLEST);
        (p / (1.0 - p)).ln()
    };
    Matrix { values: vec![probability.map_or(f32::NAN, odds)], columns: 1 }
}

/// The items' factors, of what [`quality::features`] says of a list.
pub fn factors(quality: &Matrix) -> Matrix {
    let factor = |row| FACTORS.map(|column| quality.row(row)[column]);
    Matrix { values: (0..quality.rows()).flat_map(factor).collect(), columns: NAMES.len() }
}

/// From standardised factors to the features: each times the visit's, which [`odds`] gave and is standardised as well.
pub fn multiply(factors: &mut Matrix, odds: &Matrix) {
    factors.values.iter_mut().for_each(|factor| *factor *= odds.values[0]);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use windowshop_schema::{Group, Item, Statistics};

    use super::*;
    use crate::{FeatureExtractor, ListRequest, RankerInput, spec};

    const GROUP: usize = Group::Intent as usize;

    /// Three items of rising price and falling popularity, standardised over visits with these probabilities.
    fn setup(probabilities: &[Option<f32>]) -> (FeatureExtractor, Vec<u32>) {
        let ids = ["mug", "pan", "oven"];
        let signals = BTreeMap::from([("log_interactions".to_owned(), vec![5.0, 3.0, 1.0])]);
        let statistics = Statistics { ids: ids.map(str::to_owned).into(), signals, ..Default::default() };
        let mut features = FeatureExtractor::new(statistics, spec::spec(BTreeMap::new()));
        let item =
            |(i, id): (usize, &str)| Item { id: id.into(), price: Some([4.0, 20.0, 300.0][i]), ..Default::default() };
        let handles: Vec<u32> = ids.into_iter().enumerate().map(|at| features.register(&item(at))).collect();
        let lists: Vec<_> = probabilities.iter().map(|p| features.raw(request(&handles, *p))).collect();
        features.fit(&lists);
        (features, handles)
    }

    fn request(items: &[u32], intent: Option<f32>) -> ListRequest<'_> {
        ListRequest { query: None, items, session: &[], shop_order: false, intent }
    }

    /// A feature of each item.
    fn column(input: &RankerInput, name: &str) -> Vec<f32> {
        let place = NAMES.iter().position(|known| *known == name).unwrap();
        input.groups[GROUP].iter().skip(place).step_by(NAMES.len()).copied().collect()
    }

    #[test]
    fn a_likelier_visit_lifts_what_an_unlikelier_one_sinks_and_an_average_one_says_nothing() {
        let (features, items) = setup(&[Some(0.1), Some(0.5), Some(0.9), None]);
        let [low, average, high] = [0.1, 0.5, 0.9].map(|p| features.input(request(&items, Some(p))));
        let prices = column(&high, "intent_price");
        assert!(prices.is_sorted() && prices[2] > 0.5, "{prices:?}");
        assert!(column(&high, "intent_popularity").iter().rev().is_sorted());
        for name in NAMES {
            let mirrored: Vec<f32> = column(&low, name).iter().map(|value| -value).collect();
            for (found, expected) in column(&high, name).iter().zip(mirrored) {
                assert!((found - expected).abs() < 1e-5, "{name}");
            }
        }
        assert!(average.groups[GROUP].iter().all(|value| value.abs() < 1e-5), "{average:?}");
        assert!(low.present[GROUP]);
        assert!(column(&high, "intent_rating").iter().all(|value| *value == 0.0), "no item has a rating");
    }

    #[test]
    fn a_visit_of_which_nothing_is_known_and_a_group_that_was_left_out_say_nothing() {
        let (mut features, items) = setup(&[Some(0.2), Some(0.6)]);
        let unknown = features.input(request(&items, None));
        assert!(!unknown.present[GROUP] && unknown.groups[GROUP].iter().all(|value| *value == 0.0));
        features.exclude("intent").unwrap();
        let lists = [0.2, 0.6].map(|p| features.raw(request(&items, Some(p))));
        features.fit(&lists);
        assert!(!features.input(request(&items, Some(0.6))).present[GROUP]);
    }

    #[test]
    fn certainty_stays_finite() {
        for p in [0.0, 1.0] {
            assert!(odds(Some(p)).values[0].is_finite());
        }
        assert!(odds(None).values[0].is_nan());
    }
}
