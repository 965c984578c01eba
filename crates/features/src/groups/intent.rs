//! Interaction of the visit's purchase intent with properties of the item.
//!
//! Purchase intent is the same for every item of a list, so alone it cannot order them: its log odds multiply columns of
//! `item_quality`. Both factors are standardised first, the log odds over the visits of the training lists. So the product is
//! 0 for an average visit, and the group `item_quality` keeps what holds for every visit.

use windowshop_schema::manifest::FeatureSpec;

use super::item_quality;
use crate::{
    group::{FeatureGroup, Head, HeadInput, HiddenLayers, ListInput, Multiplier},
    matrix::Matrix,
};

/// Present where the purchase intent and any of the items' values are known.
pub static GROUP: FeatureGroup = FeatureGroup {
    columns: &COLUMNS,
    extract,
    multiplier: Some(Multiplier {
        name: FeatureSpec::VISIT,
        value: |request| request.intent.map_or(f32::NAN, log_odds),
    }),
};

/// The shape of its network.
pub const HEAD: Head = Head { input: HeadInput::Columns, hidden: HiddenLayers::One(4) };

const COLUMNS: [&str; 4] = ["intent_price", "intent_popularity", "intent_rating", "intent_purchase_rate"];
/// The column of `item_quality` behind each.
const FACTORS: [usize; COLUMNS.len()] = [
    item_quality::LOG_PRICE_TO_MEDIAN,
    item_quality::LOG_INTERACTIONS,
    item_quality::RATING,
    item_quality::PURCHASE_RATE,
];

/// Probabilities are clamped to this distance from 0 and 1.
const MIN_PROBABILITY: f32 = 1e-4;

fn log_odds(probability: f32) -> f32 {
    let p = probability.clamp(MIN_PROBABILITY, 1.0 - MIN_PROBABILITY);
    (p / (1.0 - p)).ln()
}

fn extract(list: &ListInput) -> Option<Matrix> {
    list.request.intent?;
    let quality = item_quality::extract(list);
    let values: Vec<f32> = (0..quality.rows()).flat_map(|row| FACTORS.map(|column| quality.row(row)[column])).collect();
    values.iter().any(|value| value.is_finite()).then_some(Matrix { values, columns: COLUMNS.len() })
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
        let mut features = FeatureExtractor::new(statistics, spec::spec(BTreeMap::new())).unwrap();
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

    /// One column over the items.
    fn column(input: &RankerInput, name: &str) -> Vec<f32> {
        let index = COLUMNS.iter().position(|known| *known == name).unwrap();
        input.groups[GROUP].iter().skip(index).step_by(COLUMNS.len()).copied().collect()
    }

    #[test]
    fn high_and_low_intent_have_opposite_signs_and_average_intent_is_zero() {
        let (features, items) = setup(&[Some(0.1), Some(0.5), Some(0.9), None]);
        let [low, average, high] = [0.1, 0.5, 0.9].map(|p| features.input(request(&items, Some(p))));
        let prices = column(&high, "intent_price");
        assert!(prices.is_sorted() && prices[2] > 0.5, "{prices:?}");
        assert!(column(&high, "intent_popularity").iter().rev().is_sorted());
        for name in COLUMNS {
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
    fn unknown_intent_and_an_excluded_group_are_absent() {
        let (mut features, items) = setup(&[Some(0.2), Some(0.6)]);
        let unknown = features.input(request(&items, None));
        assert!(!unknown.present[GROUP] && unknown.groups[GROUP].iter().all(|value| *value == 0.0));
        features.exclude("intent").unwrap();
        let lists = [0.2, 0.6].map(|p| features.raw(request(&items, Some(p))));
        features.fit(&lists);
        assert!(!features.input(request(&items, Some(0.6))).present[GROUP]);
    }

    #[test]
    fn log_odds_of_0_and_1_are_finite() {
        for p in [0.0, 1.0] {
            assert!(log_odds(p).is_finite());
        }
    }
}
