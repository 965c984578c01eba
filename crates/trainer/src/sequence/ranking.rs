//! Rankings of all items for a session and their metrics, without sampled negatives.

use super::corpus::NextItemQuery;
use crate::learning::bootstrap::{Estimates, Ratio};

/// Cutoffs of the metrics: P@20 and MRR@20 as in Wu et al. 2019, NDCG@10 (Järvelin & Kekäläinen 2002) and the hit rate at 10.
const DEEP: usize = 20;
const SHORT: usize = 10;

/// Ranks every item for a session.
pub trait Ranking {
    /// The name on a leaderboard.
    fn name(&self) -> String;

    /// Scores `[sessions][items]`, higher is better.
    fn scores(&self, sessions: &[&[u32]]) -> Vec<Vec<f32>>;
}

/// The rank of the next item of each query.
pub struct Ranks {
    /// From 0; `None` if no training session holds the item.
    ranks: Vec<Option<usize>>,
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
        ranks.extend(chunk.iter().zip(scores).map(|(query, scores)| Some(rank(&scores, query.next?))));
    }
    Ranks { ranks, visits: queries.iter().map(|query| query.visit).collect() }
}

/// The rank of an item, from 0; ties go to the smaller item number.
fn rank(scores: &[f32], item: u32) -> usize {
    let (item, own) = (item as usize, scores[item as usize]);
    let before = |(other, score): (usize, &f32)| *score > own || (*score == own && other < item);
    scores.iter().enumerate().filter(|other| before(*other)).count()
}

/// The name of a metric, and its value for a rank.
type Metric = (&'static str, fn(usize) -> f64);

const METRICS: [Metric; 4] = [
    ("p@20", |rank| f64::from(u8::from(rank < DEEP))),
    ("mrr@20", |rank| if rank < DEEP { 1.0 / (rank as f64 + 1.0) } else { 0.0 }),
    ("ndcg@10", |rank| if rank < SHORT { 1.0 / (rank as f64 + 2.0).log2() } else { 0.0 }),
    ("hr@10", |rank| f64::from(u8::from(rank < SHORT))),
];

impl Ranks {
    /// Every metric; an unknown item counts as a miss.
    pub fn values(&self) -> Vec<(String, f64)> {
        let mean = |metric: fn(usize) -> f64| {
            self.ranks.iter().flatten().map(|rank| metric(*rank)).sum::<f64>() / self.ranks.len().max(1) as f64
        };
        METRICS.iter().map(|(name, metric)| ((*name).to_owned(), mean(*metric))).collect()
    }

    /// Every metric with its interval over visits.
    pub fn evaluate(&self, seed: u64) -> Estimates {
        let estimate = |(name, metric): &(&str, fn(usize) -> f64)| {
            let values = self.ranks.iter().map(|rank| rank.map_or(0.0, metric));
            Some(((*name).to_owned(), self.over_visits(values).estimate(seed, |value| value)?))
        };
        METRICS.iter().filter_map(estimate).collect()
    }

    /// The paired gain over other ranks of the same queries, with intervals over visits.
    pub fn gain_over(&self, other: &Ranks, seed: u64) -> Estimates {
        let estimate = |(name, metric): &(&str, fn(usize) -> f64)| {
            let pairs = self.ranks.iter().zip(&other.ranks);
            let values = pairs.map(|(own, other)| own.map_or(0.0, metric) - other.map_or(0.0, metric));
            Some(((*name).to_owned(), self.over_visits(values).estimate(seed, |value| value)?))
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

    #[test]
    fn ties_go_to_the_smaller_item_number() {
        assert_eq!([0, 1, 2].map(|item| rank(&[1.0, 1.0, 2.0], item)), [1, 2, 0]);
    }
}
