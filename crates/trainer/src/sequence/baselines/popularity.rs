//! The most popular items, whatever the session.

use crate::sequence::ranking::Ranking;

/// Item counts.
pub struct Popularity(Vec<f32>);

impl Popularity {
    pub fn fit(sessions: &[Vec<u32>], items: usize) -> Self {
        let mut counts = vec![0.0; items];
        sessions.iter().flatten().for_each(|item| counts[*item as usize] += 1.0);
        Self(counts)
    }
}

impl Ranking for Popularity {
    fn name(&self) -> String {
        "popularity".into()
    }

    fn scores(&self, sessions: &[&[u32]]) -> Vec<Vec<f32>> {
        sessions.iter().map(|_| self.0.clone()).collect()
    }
}
