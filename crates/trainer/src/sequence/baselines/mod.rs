//! Baselines on the leaderboard, fitted to the same sessions and evaluated on the same queries. One per file.

mod popularity;
mod sequential_rules;
mod session_knn;

pub use popularity::Popularity;
pub use sequential_rules::SequentialRules;
pub use session_knn::SessionKnn;

use super::ranking::Ranking;

/// Every baseline.
pub fn all(sessions: &[Vec<u32>], items: usize) -> Vec<Box<dyn Ranking>> {
    vec![
        Box::new(SessionKnn::fit(sessions, items)),
        Box::new(SequentialRules::fit(sessions, items)),
        Box::new(Popularity::fit(sessions, items)),
    ]
}
