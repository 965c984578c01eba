//! Rankings of all items for a session and their metrics, without sampled negatives.

use windowshop_metrics::{
    bootstrap::{Estimates, Ratio},
    next_item::{ItemRank, METRICS, RankMetric},
};

use super::corpus::NextItemQuery;

/// Ranks every item for a session.
pub trait Ranking {
    /// The name on a leaderboard.
    fn name(&self) -> String;

    /// Scores `[sessions][items]`, higher is better.
    fn scores(&self, sessions: &[&[u32]]) -> Vec<Vec<f32>>;
}

/// The rank of the next item of each query.
pub struct Ranks {
    /// `None` if no training session holds the item.
    ranks: Vec<Option<ItemRank>>,
    visits: Vec<usize>,
}

/// Sessions per batch.
const BATCH: usize = 256;

/// Ranks all items for every query.
pub fn rank_queries(ranking: &dyn Ranking, queries: &[NextItemQuery]) -> Ranks {
    let mut ranks = Vec::with_capacity(queries.len());
    for chunk in queries.chunks(BATCH) {
        let sessions: Vec<&[u32]> = chunk.iter().map(|query| query.session.as_slice()).collect();
        let scores = ranking.scores(&sessions);
        ranks.extend(chunk.iter().zip(scores).map(|(query, scores)| Some(ItemRank::of(&scores, query.next? as usize))));
    }
    Ranks { ranks, visits: queries.iter().map(|query| query.visit).collect() }
}

impl Ranks {
    /// Every metric; an unknown item counts as a miss.
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

    /// The paired gain over other ranks of the same queries, with intervals over visits.
    pub fn gain_over(&self, other: &Ranks, seed: u64) -> Estimates {
        let estimate = |metric: &RankMetric| {
            let pairs = self.ranks.iter().zip(&other.ranks);
            let values = pairs.map(|(own, other)| metric.expected(*own) - metric.expected(*other));
            Some((metric.name.to_owned(), self.over_visits(values).estimate(seed, |value| value)?))
        };
        METRICS.iter().filter_map(estimate).collect()
    }

    /// Number of queries with an unknown next item.
    pub fn unknown(&self) -> usize {
        self.ranks.iter().filter(|rank| rank.is_none()).count()
    }

    /// Number of queries.
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

    /// Ranks items by number, the largest first.
    struct ByNumber;

    impl Ranking for ByNumber {
        fn name(&self) -> String {
            "by number".into()
        }

        fn scores(&self, sessions: &[&[u32]]) -> Vec<Vec<f32>> {
            sessions.iter().map(|_| (0..100).map(|item| item as f32).collect()).collect()
        }
    }

    fn query(next: Option<u32>, visit: usize) -> NextItemQuery {
        NextItemQuery { session: vec![0], next, visit }
    }

    #[test]
    fn metrics_follow_their_definitions_and_an_unknown_item_is_a_miss() {
        let queries = [query(Some(99), 0), query(Some(80), 0), query(Some(79), 1), query(None, 2)];
        let ranks = rank_queries(&ByNumber, &queries);
        let values: std::collections::BTreeMap<String, f64> = ranks.values().into_iter().collect();
        assert_eq!(values["p@20"], 0.5);
        assert!((values["mrr@20"] - (1.0 + 1.0 / 20.0) / 4.0).abs() < 1e-12);
        assert_eq!((values["hr@10"], values["ndcg@10"]), (0.25, 0.25));
        assert_eq!((ranks.unknown(), ranks.len()), (1, 4));
        let estimates = ranks.evaluate(1);
        assert!(values.iter().all(|(name, value)| (estimates[name].value - value).abs() < 1e-12));
        assert!(ranks.gain_over(&ranks, 1).values().all(|difference| difference.ci95 == [0.0, 0.0]));
    }
}
