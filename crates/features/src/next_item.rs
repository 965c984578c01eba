//! Next-item candidates of a session: the network's logit blended with item neighbours, items of the session and popularity.
//! Sparse: only items of the session and their neighbours have features besides logit and popularity.
//!
//! The score of an item is the dot product of its features and a [`Blend`]'s weights.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use windowshop_schema::Neighbours;

/// Number of features of an item.
pub const FEATURES: usize = 9;
/// Names of the features, in order.
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
/// Most recent items whose neighbours are read.
const NEIGHBOURS_OF: usize = 10;
/// Factor of an item's weight for each later item.
const DECAY: f32 = 0.75;
/// Scale of neighbour weights, which are shares of a row: ln(1 + scale · share) has the range of logits.
const STRENGTH: f32 = 200.0;

/// The features of one item.
pub type Features = [f32; FEATURES];

/// Weights of the features, fitted on held-out sessions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Blend(pub Features);

impl Blend {
    /// Only the network's logit.
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

/// Neighbours and popularity of items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NextItem {
    /// Items that occur near an item, with shares as weights.
    pub neighbours: Neighbours,
    /// Popularity feature of each item.
    pub popularity: Vec<f32>,
}

impl NextItem {
    /// Features by item for the items of `session` (oldest first) and their neighbours; the logit is 0.
    pub fn candidates(&self, session: &[u32]) -> BTreeMap<u32, Features> {
        let mut candidates: BTreeMap<u32, Features> = BTreeMap::new();
        for (age, &item) in session.iter().rev().enumerate() {
            if age < NEIGHBOURS_OF {
                let (items, weights) = self.neighbours.row(item);
                for (&neighbour, weight) in items.iter().zip(weights) {
                    let features = candidates.entry(neighbour).or_default();
                    features[OF_ANY] += weight * DECAY.powi(age as i32);
                    if age == 0 {
                        features[OF_LAST] = *weight;
                    }
                }
            }
            candidates.entry(item).or_default()[(IN_SESSION + age).min(FEATURES - 1)] = 1.0;
        }
        for (item, features) in &mut candidates {
            for strength in [OF_LAST, OF_ANY] {
                features[strength] = (STRENGTH * features[strength]).ln_1p();
            }
            features[POPULARITY] = self.popularity(*item);
        }
        candidates
    }

    /// The features of an item, from its entry in [`NextItem::candidates`], if any, and its logit.
    pub fn features(&self, item: u32, candidate: Option<&Features>, logit: f32) -> Features {
        let mut features = candidate.copied().unwrap_or_else(|| {
            let mut features = Features::default();
            features[POPULARITY] = self.popularity(item);
            features
        });
        features[NETWORK] = logit;
        features
    }

    /// The score of every item for `session` (oldest first), from the network's logits, `[items]`.
    pub fn scores(&self, session: &[u32], logits: &[f32], blend: &Blend) -> Vec<f32> {
        let weights = &blend.0;
        let mut scores: Vec<f32> = logits
            .iter()
            .zip(&self.popularity)
            .map(|(logit, popularity)| weights[NETWORK] * logit + weights[POPULARITY] * popularity)
            .collect();
        for (item, features) in self.candidates(session) {
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
        let candidates = next_item().candidates(&[3, 0]);
        assert!(candidates[&2][OF_ANY] > candidates[&2][OF_LAST] && candidates[&2][OF_LAST] > 0.0);
        assert_eq!(next_item().candidates(&[0, 3])[&1][OF_LAST], 0.0);
        assert!(next_item().candidates(&[0, 3])[&1][OF_ANY] < candidates[&1][OF_ANY]);
    }

    #[test]
    fn an_item_of_the_session_has_its_position_as_a_feature() {
        let candidates = next_item().candidates(&[2, 2, 3]);
        assert_eq!(candidates[&3][IN_SESSION..], [1.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(candidates[&2][IN_SESSION..], [0.0, 1.0, 1.0, 0.0, 0.0]);
        let long: Vec<u32> = [1; 30].into();
        assert_eq!(next_item().candidates(&long)[&1][IN_SESSION..], [1.0; 5]);
    }

    #[test]
    fn the_score_of_every_item_is_the_blend_of_its_features() {
        let (next_item, logits) = (next_item(), [0.3, -0.2, 0.9, 0.1]);
        let blend = Blend([1.5, 0.1, 0.7, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
        let session = [3, 1, 0];
        let candidates = next_item.candidates(&session);
        for (item, score) in next_item.scores(&session, &logits, &blend).into_iter().enumerate() {
            let item = item as u32;
            let expected = blend.score(&next_item.features(item, candidates.get(&item), logits[item as usize]));
            assert!((score - expected).abs() < 1e-6, "item {item}: {score} and {expected}");
        }
        assert_eq!(next_item.scores(&session, &logits, &Blend::network_alone()), logits);
    }

    #[test]
    fn an_empty_session_leaves_network_and_popularity() {
        let blend = Blend([1.0, 1.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0]);
        assert_eq!(next_item().scores(&[], &[0.0; 4], &blend), [0.0, 1.0, 2.0, 3.0]);
    }
}
