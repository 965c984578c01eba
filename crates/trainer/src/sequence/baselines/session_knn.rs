//! Session-kNN with the order of events (Ludewig & Jannach 2018, V-SkNN): among the latest sessions that share an item with this
//! one, the most similar ones score their items.

use std::{cmp::Reverse, collections::HashMap};

use crate::sequence::ranking::Ranking;

/// Latest sessions to compare, and the number of neighbours among them: the authors' values.
const SAMPLED: usize = 1_000;
const NEIGHBOURS: usize = 100;

/// The training sessions, indexed by item.
pub struct SessionKnn {
    sessions: Vec<Vec<u32>>,
    /// Sessions of each item, oldest first.
    holders: Vec<Vec<u32>>,
}

impl SessionKnn {
    pub fn fit(sessions: &[Vec<u32>], items: usize) -> Self {
        let mut holders: Vec<Vec<u32>> = vec![Vec::new(); items];
        for (session, number) in sessions.iter().zip(0..) {
            for item in session {
                let holders = &mut holders[*item as usize];
                if holders.last() != Some(&number) {
                    holders.push(number);
                }
            }
        }
        Self { sessions: sessions.to_vec(), holders }
    }

    fn score(&self, session: &[u32]) -> Vec<f32> {
        // The weight of an item falls linearly from the last to the first.
        let mut weights: HashMap<u32, f32> = HashMap::new();
        for (place, item) in session.iter().enumerate() {
            weights.insert(*item, (place + 1) as f32 / session.len() as f32);
        }
        let mut sampled: Vec<u32> = weights.keys().flat_map(|item| &self.holders[*item as usize]).copied().collect();
        sampled.sort_unstable_by_key(|number| Reverse(*number));
        sampled.dedup();
        sampled.truncate(SAMPLED);
        let alike = |number: &u32| {
            let mut shared: Vec<u32> = self.sessions[*number as usize].clone();
            shared.sort_unstable();
            shared.dedup();
            let distinct = shared.len() as f32;
            let sum: f32 = shared.iter().filter_map(|item| weights.get(item)).sum();
            (sum / distinct.sqrt(), *number)
        };
        let mut neighbours: Vec<(f32, u32)> = sampled.iter().map(alike).collect();
        neighbours.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        neighbours.truncate(NEIGHBOURS);
        let mut scores = vec![0.0; self.holders.len()];
        for (likeness, number) in neighbours {
            let items = &self.sessions[number as usize];
            // The weight of the latest shared item in this session.
            let shared = items.iter().filter_map(|item| weights.get(item)).copied().fold(0.0, f32::max);
            let mut distinct = items.clone();
            distinct.sort_unstable();
            distinct.dedup();
            for item in distinct {
                scores[item as usize] += likeness * shared;
            }
        }
        scores
    }
}

impl Ranking for SessionKnn {
    fn name(&self) -> String {
        "session-knn".into()
    }

    fn scores(&self, sessions: &[&[u32]]) -> Vec<Vec<f32>> {
        sessions.iter().map(|session| self.score(session)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_that_shares_the_latest_item_weighs_more() {
        let knn = SessionKnn::fit(&[vec![0, 2], vec![1, 3]], 5);
        let scores = knn.scores(&[&[0, 1], &[]]);
        assert!(scores[0][3] > scores[0][2] && scores[0][2] > 0.0, "{:?}", scores[0]);
        assert_eq!(scores[0][4], 0.0);
        assert_eq!(scores[1], vec![0.0; 5]);
    }
}
