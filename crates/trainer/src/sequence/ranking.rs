//! Whoever ranks all items for a session, and how well: the full ranking, no item left out.

use windowshop_metrics::{
    bootstrap::{Estimates, Ratio},
    next_item::{ItemRank, METRICS, RankMetric},
};

use super::corpus::Question;

/// Ranks every item for a session.
pub trait Ranking {
    /// Its name on a leaderboard.
    fn name(&self) -> String;

    /// A score an item for each session, higher is better; an item without one is below all.
    fn scores(&self, sessions: &[&[u32]]) -> Vec<Vec<f32>>;
}

/// The places at which what came next was ranked.
pub struct Judged {
    /// `None` where the item was never seen before.
    ranks: Vec<Option<ItemRank>>,
    visits: Vec<usize>,
}

/// Sessions ranked at once.
const BATCH: usize = 256;

/// Ranks all items for every question.
pub fn judge(ranking: &dyn Ranking, questions: &[Question]) -> Judged {
    let mut ranks = Vec::with_capacity(questions.len());
    for chunk in questions.chunks(BATCH) {
        let sessions: Vec<&[u32]> = chunk.iter().map(|question| question.session.as_slice()).collect();
        let scores = ranking.scores(&sessions);
        ranks.extend(
            chunk.iter().zip(scores).map(|(question, scores)| Some(ItemRank::of(&scores, question.next? as usize))),
        );
    }
    Judged { ranks, visits: questions.iter().map(|question| question.visit).collect() }
}

impl Judged {
    /// Every metric; an item that was never seen before is a miss.
    pub fn values(&self) -> Vec<(String, f64)> {
        let mean = |metric: &RankMetric| {
            self.ranks.iter().map(|rank| metric.expected(*rank)).sum::<f64>() / self.ranks.len().max(1) as f64
        };
        METRICS.iter().map(|metric| (metric.name.to_owned(), mean(metric))).collect()
    }

    /// Every metric with its interval over visits.
    pub fn evaluate(&self, seed: u64) -> Estimates {
        let estimate = |metric: &RankMetric| {
            let values = self.ranks.iter().map(|rank| metric.expected(*rank));
            Some((metric.name.to_owned(), self.over_visits(values).estimate(seed, |value| value)?))
        };
        METRICS.iter().filter_map(estimate).collect()
    }

    /// How much better than another at the same questions, with intervals over visits.
    pub fn ahead_of(&self, other: &Judged, seed: u64) -> Estimates {
        let estimate = |metric: &RankMetric| {
            let pairs = self.ranks.iter().zip(&other.ranks);
            let values = pairs.map(|(own, other)| metric.expected(*own) - metric.expected(*other));
            Some((metric.name.to_owned(), self.over_visits(values).estimate(seed, |value| value)?))
        };
        METRICS.iter().filter_map(estimate).collect()
    }

    /// Questions whose answer was never seen before.
    pub fn unseen(&self) -> usize {
        self.ranks.iter().filter(|rank| rank.is_none()).count()
    }

    /// Questions.
    pub fn len(&self) -> usize {
        self.ranks.len()
    }

    fn over_visits(&self, values: impl Iterator<Item = f64>) -> Ratio {
        let mut ratio = Ratio::default();
        let mut open: Option<(usize, f64, f64)> = None;
        for (value, &visit) in values.zip(&self.visits) {
            open = match open {
                Some((own, sum, count)) if own == visit => Some((own, sum + value, count + 1.0)),
                closed => {
                    closed.into_iter().for_each(|(_, sum, count)| ratio.add(sum, count));
                    Some((visit, value, 1.0))
                }
            };
        }
        open.into_iter().for_each(|(_, sum, count)| ratio.add(sum, count));
        ratio
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores items by their number: the largest is first.
    struct ByNumber;

    impl Ranking for ByNumber {
        fn name(&self) -> String {
            "by number".into()
        }

        fn scores(&self, sessions: &[&[u32]]) -> Vec<Vec<f32>> {
            sessions.iter().map(|_| (0..100).map(|item| item as f32).collect()).collect()
        }
    }

    fn question(next: Option<u32>, visit: usize) -> Question {
        Question { session: vec![0], next, visit }
    }

    #[test]
    fn a_place_counts_as_the_metric_says_and_an_unseen_item_is_a_miss() {
        let questions = [question(Some(99), 0), question(Some(80), 0), question(Some(79), 1), question(None, 2)];
        let judged = judge(&ByNumber, &questions);
        let values: std::collections::BTreeMap<String, f64> = judged.values().into_iter().collect();
        assert_eq!(values["p@20"], 0.5);
        assert!((values["mrr@20"] - (1.0 + 1.0 / 20.0) / 4.0).abs() < 1e-12);
        assert_eq!((values["hr@10"], values["ndcg@10"]), (0.25, 0.25));
        assert_eq!((judged.unseen(), judged.len()), (1, 4));
        let estimates = judged.evaluate(1);
        assert!(values.iter().all(|(name, value)| (estimates[name].value - value).abs() < 1e-12));
        assert!(judged.ahead_of(&judged, 1).values().all(|difference| difference.ci95 == [0.0, 0.0]));
    }
}
