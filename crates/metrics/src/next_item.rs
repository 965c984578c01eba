//! Metrics of the rank of one relevant item among all items: next-item prediction. Higher is better, 0 to 1.
//!
//! The item shares its ranks with the items of equal score; each metric is its mean over those ranks, the expectation over all orders
//! of the tied items.

/// Cutoff of `p@20` and `mrr@20` (Wu et al. 2019).
const DEEP: usize = 20;
/// Cutoff of `ndcg@10` (Järvelin & Kekäläinen 2002) and `hr@10`.
const SHALLOW: usize = 10;

/// The ranks that an item of a ranking may have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemRank {
    /// Number of items with a higher score.
    pub better: usize,
    /// Number of items with the same score, the item included; at least 1.
    pub tied: usize,
}

impl ItemRank {
    /// The ranks of `item` among all of `scores`; 0 and −0 are equal.
    pub fn of(scores: &[f32], item: usize) -> Self {
        let own = scores[item];
        let better = scores.iter().filter(|score| **score > own).count();
        let tied = scores.iter().filter(|score| **score == own).count().max(1);
        Self { better, tied }
    }
}

/// A metric of the item's rank.
#[derive(Clone, Copy, Debug)]
pub struct RankMetric {
    /// Name, with its cutoff.
    pub name: &'static str,
    /// Ranks from this one on, counted from 0, have the value 0.
    cutoff: usize,
    /// Value at a rank below the cutoff.
    value: fn(usize) -> f64,
}

impl RankMetric {
    /// The expected value; an item that cannot be ranked counts 0.
    pub fn expected(&self, rank: Option<ItemRank>) -> f64 {
        let Some(ItemRank { better, tied }) = rank else { return 0.0 };
        let sum: f64 = (better..(better + tied).min(self.cutoff)).map(self.value).sum();
        // An empty sum is −0.
        sum / tied as f64 + 0.0
    }
}

/// The metrics of next-item prediction. With one relevant item `p@20` is the hit rate at 20.
pub const METRICS: [RankMetric; 4] = [
    RankMetric { name: "p@20", cutoff: DEEP, value: |_| 1.0 },
    RankMetric { name: "mrr@20", cutoff: DEEP, value: |rank| 1.0 / (rank as f64 + 1.0) },
    RankMetric { name: "ndcg@10", cutoff: SHALLOW, value: |rank| 1.0 / (rank as f64 + 2.0).log2() },
    RankMetric { name: "hr@10", cutoff: SHALLOW, value: |_| 1.0 },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn values(rank: ItemRank) -> [f64; 4] {
        METRICS.map(|metric| metric.expected(Some(rank)))
    }

    #[test]
    fn an_item_without_ties_has_the_value_of_its_rank() {
        assert_eq!(values(ItemRank { better: 0, tied: 1 }), [1.0; 4]);
        assert_eq!(values(ItemRank { better: 9, tied: 1 }), [1.0, 0.1, 1.0 / 11f64.log2(), 1.0]);
        assert_eq!(values(ItemRank { better: 19, tied: 1 }), [1.0, 0.05, 0.0, 0.0]);
        assert_eq!(values(ItemRank { better: 20, tied: 1 }), [0.0; 4]);
        assert_eq!(METRICS.map(|metric| metric.expected(None)), [0.0; 4]);
    }

    #[test]
    fn ties_have_the_mean_over_the_ranks_that_they_share() {
        for (better, tied) in [(0, 2), (5, 9), (18, 4), (3, 100), (25, 3)] {
            let mut expected = [0.0; 4];
            for rank in better..better + tied {
                let one = values(ItemRank { better: rank, tied: 1 });
                expected.iter_mut().zip(one).for_each(|(sum, value)| *sum += value / tied as f64);
            }
            let found = values(ItemRank { better, tied });
            assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12), "{found:?}");
        }
    }

    #[test]
    fn a_constant_scorer_gives_every_item_the_same_value() {
        let constant = [0.0, -0.0, 0.0, 0.0, -0.0];
        assert!((0..5).all(|item| ItemRank::of(&constant, item) == ItemRank { better: 0, tied: 5 }));
        assert_eq!([0, 1, 2].map(|item| ItemRank::of(&[1.0, 1.0, 2.0], item).better), [1, 1, 0]);
    }
}
