//! Sequential rules (Kamehkhosh et al. 2017; Ludewig & Jannach 2018, SR): the items up to ten steps after the session's last
//! item, weighted by 1 / steps.

use std::collections::HashMap;

use crate::sequence::ranking::Ranking;

/// Largest number of steps between the two items of a rule.
const STEPS: usize = 10;

/// Weights of the rules by item.
pub struct SequentialRules {
    items: usize,
    rules: Vec<HashMap<u32, f32>>,
}

impl SequentialRules {
    pub fn fit(sessions: &[Vec<u32>], items: usize) -> Self {
        let mut rules = vec![HashMap::new(); items];
        for session in sessions {
            for (at, from) in session.iter().enumerate() {
                for (gap, to) in session[at + 1..].iter().take(STEPS).enumerate() {
                    *rules[*from as usize].entry(*to).or_default() += 1.0 / (gap as f32 + 1.0);
                }
            }
        }
        Self { items, rules }
    }
}

impl Ranking for SequentialRules {
    fn name(&self) -> String {
        "sequential rules".into()
    }

    fn scores(&self, sessions: &[&[u32]]) -> Vec<Vec<f32>> {
        let score = |session: &&[u32]| {
            let mut scores = vec![0.0; self.items];
            if let Some(last) = session.last() {
                self.rules[*last as usize].iter().for_each(|(item, weight)| scores[*item as usize] = *weight);
            }
            scores
        };
        sessions.iter().map(score).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_that_follows_directly_ranks_above_one_that_follows_later() {
        let rules = SequentialRules::fit(&[vec![0, 1, 2], vec![0, 1]], 4);
        assert_eq!(rules.scores(&[&[3, 0], &[]]), [vec![0.0, 2.0, 0.5, 0.0], vec![0.0; 4]]);
    }
}
