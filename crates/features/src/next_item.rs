//! What is known of the next item of a session beside the network: neighbours of its items, what is in it already, and what
//! is popular. Sparse: of all items only those that a session's neighbours or the session itself name have features.
//!
//! The score of an item is the dot product of its features and a [`Blend`]'s weights.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use windowshop_schema::Neighbours;

/// Features of an item.
pub const FEATURES: usize = 9;
/// Names of the features, in their order.
pub const NAMES: [&str; FEATURES] = [
    "network",
    "popularity",
    "neighbour_of_last",
    "neighbour_of_any",
    "in_session_last",
    "in_session_second",
    "in_session_third",
    "in_session_fourth",
    "in_session_earlier",
];

const NETWORK: usize = 0;
const POPULARITY: usize = 1;
const OF_LAST: usize = 2;
const OF_ANY: usize = 3;
const IN_SESSION: usize = 4;
/// Most recent items whose neighbours are looked at.
const LOOKED_AT: usize = 10;
/// What an item counts for each item that came after it.
const DECAY: f32 = 0.75;
/// Neighbours' strengths are shares of a row; times this they are like counts, whose logarithm adds up with logits.
const STRENGTH: f32 = 200.0;

/// The features of one item.
pub type Features = [f32; FEATURES];

/// Weights of the features, fitted on sessions that neither the network nor the neighbours have seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Blend(pub Features);

impl Blend {
    /// The network alone.
    pub fn network_alone() -> Self {
        let mut weights = [0.0; FEATURES];
        weights[NETWORK] = 1.0;
        Self(weights)
    }

    /// The score of an item.
    pub fn score(&self, features: &Features) -> f32 {
        self.0.iter().zip(features).map(|(weight, value)| weight * value).sum()
    }
}

/// See the module's text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NextItem {
    /// Items that are seen near an item, as shares.
    pub neighbours: Neighbours,
    /// What every item has by its popularity alone.
    pub popularity: Vec<f32>,
}

impl NextItem {
    /// The features of the items that `session` (oldest first) speaks of, the network's still 0, by item.
    pub fn named(&self, session: &[u32]) -> BTreeMap<u32, Features> {
        let mut named: BTreeMap<u32, Features> = BTreeMap::new();
        for (place, &item) in session.iter().rev().enumerate() {
            if place < LOOKED_AT {
                let (items, weights) = self.neighbours.row(item);
                for (&neighbour, weight) in items.iter().zip(weights) {
                    let features = named.entry(neighbour).or_default();
                    features[OF_ANY] += weight * DECAY.powi(place as i32);
                    if place == 0 {
                        features[OF_LAST] = *weight;
                    }
                }
            }
            named.entry(item).or_default()[(IN_SESSION + place).min(FEATURES - 1)] = 1.0;
        }
        for (item, features) in &mut named {
            for strength in [OF_LAST, OF_ANY] {
                features[strength] = (STRENGTH * features[strength]).ln_1p();
            }
            features[POPULARITY] = self.popularity(*item);
        }
        named
    }

    /// The features of an item, given what [`NextItem::named`] says of it and the network's logit.
    pub fn features(&self, item: u32, named: Option<&Features>, logit: f32) -> Features {
        let mut features = named.copied().unwrap_or_else(|| {
            let mut features = Features::default();
            features[POPULARITY] = self.popularity(item);
            features
        });
        features[NETWORK] = logit;
        features
    }

    /// The score of every item for `session` (oldest first), given the network's logits, one an item.
    pub fn scores(&self, session: &[u32], logits: &[f32], blend: &Blend) -> Vec<f32> {
        let weights = &blend.0;
        let mut scores: Vec<f32> = logits
            .iter()
            .zip(&self.popularity)
            .map(|(logit, popularity)| weights[NETWORK] * logit + weights[POPULARITY] * popularity)
            .collect();
        for (item, features) in self.named(session) {
            if let Some(score) = scores.get_mut(item as usize) {
                *score = blend.score(&self.features(item, Some(&features), logits[item as usize]));
            }
        }
        scores
    }

    fn popularity(&self, item: u32) -> f32 {
        self.popularity.get(item as usize).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next_item() -> NextItem {
        let rows = vec![vec![(1, 0.5), (2, 0.1)], vec![(0, 0.4)], vec![], vec![(2, 0.2)]];
        NextItem { neighbours: Neighbours::from_rows(rows), popularity: vec![0.0, 1.0, 2.0, 3.0] }
    }

    #[test]
    fn a_neighbour_of_the_last_item_counts_more_than_one_of_an_earlier() {
        let named = next_item().named(&[3, 0]);
        assert!(named[&2][OF_ANY] > named[&2][OF_LAST] && named[&2][OF_LAST] > 0.0);
        assert_eq!(next_item().named(&[0, 3])[&1][OF_LAST], 0.0);
        assert!(next_item().named(&[0, 3])[&1][OF_ANY] < named[&1][OF_ANY]);
    }

    #[test]
    fn an_item_that_is_in_the_session_says_where() {
        let named = next_item().named(&[2, 2, 3]);
        assert_eq!(named[&3][IN_SESSION..], [1.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(named[&2][IN_SESSION..], [0.0, 1.0, 1.0, 0.0, 0.0]);
        let long: Vec<u32> = [1; 30].into();
        assert_eq!(next_item().named(&long)[&1][IN_SESSION..], [1.0; 5]);
    }

    #[test]
    fn the_score_of_every_item_is_the_blend_of_its_features() {
        let (next_item, logits) = (next_item(), [0.3, -0.2, 0.9, 0.1]);
        let blend = Blend([1.5, 0.1, 0.7, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
        let session = [3, 1, 0];
        let named = next_item.named(&session);
        for (item, score) in next_item.scores(&session, &logits, &blend).into_iter().enumerate() {
            let item = item as u32;
            let expected = blend.score(&next_item.features(item, named.get(&item), logits[item as usize]));
            assert!((score - expected).abs() < 1e-6, "item {item}: {score} and {expected}");
        }
        assert_eq!(next_item.scores(&session, &logits, &Blend::network_alone()), logits);
    }

    #[test]
    fn a_session_of_nothing_known_leaves_network_and_popularity() {
        let blend = Blend([1.0, 1.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0]);
        assert_eq!(next_item().scores(&[], &[0.0; 4], &blend), [0.0, 1.0, 2.0, 3.0]);
    }
}
