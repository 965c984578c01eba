//! Metrics of one ranked list of graded items. Higher is better.
//!
//! Items of equal score have no order. Each metric is its expectation over all orders of the tied items (McSherry & Najork 2008), so it
//! does not depend on the order of the rows. Without ties it is the usual metric.

use std::{cmp::Ordering, ops::Range};

use windowshop_schema::GradeScale;

/// A list with its scores and grades.
#[derive(Clone, Debug)]
pub struct ScoredList<'a> {
    /// Score of each item; higher ranks first.
    pub scores: &'a [f32],
    /// Grade of each item.
    pub grades: &'a [f32],
    /// Range of the grades.
    pub scale: GradeScale,
}

/// Items of equal score, and the ranks that they share.
#[derive(Clone, Debug, PartialEq)]
pub struct TiedItems {
    /// Ranks of the group, from 0; as many as items.
    pub ranks: Range<usize>,
    /// Indices of the items.
    pub items: Vec<usize>,
}

impl TiedItems {
    /// The expected value at each rank of the group: the mean over its items, rounded the same for any order of them.
    pub fn mean(&self, value: impl Fn(usize) -> f64) -> f64 {
        let mut values: Vec<f64> = self.items.iter().map(|&item| value(item)).collect();
        values.sort_by(f64::total_cmp);
        match (values.first(), values.last()) {
            (Some(first), Some(last)) if first == last => *first,
            _ => values.iter().sum::<f64>() / values.len() as f64,
        }
    }
}

/// Groups of items of equal score, the highest score first. 0 and −0 are equal.
pub fn tied_items(scores: &[f32]) -> Vec<TiedItems> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| compare(scores[b], scores[a]));
    let mut rank = 0;
    let mut groups = Vec::new();
    for items in order.chunk_by(|&a, &b| compare(scores[a], scores[b]).is_eq()) {
        groups.push(TiedItems { ranks: rank..rank + items.len(), items: items.to_vec() });
        rank += items.len();
    }
    groups
}

/// Orders scores; 0 and −0 are equal.
fn compare(a: f32, b: f32) -> Ordering {
    // Adding 0 turns −0 into 0.
    (a + 0.0).total_cmp(&(b + 0.0))
}

/// NDCG@k (Järvelin & Kekäläinen 2002) with gain 2^g − 1, g counted from the bottom of the scale, and log2 discount. `None` for a list
/// without gain.
pub fn ndcg_at(k: usize, list: &ScoredList) -> Option<f64> {
    let gain = |item: usize| (f64::from(list.grades[item] - list.scale.min)).exp2() - 1.0;
    let dcg = |scores: &[f32]| {
        let mut dcg = 0.0;
        for group in tied_items(scores).iter().take_while(|group| group.ranks.start < k) {
            let gain = group.mean(gain);
            for rank in group.ranks.start..group.ranks.end.min(k) {
                dcg += gain / (rank as f64 + 2.0).log2();
            }
        }
        dcg
    };
    let ideal: f64 = dcg(list.grades);
    (ideal > 0.0).then(|| dcg(list.scores) / ideal)
}

/// An item is relevant if its grade is in the upper half of the scale.
fn relevant(list: &ScoredList, item: usize) -> bool {
    list.grades[item] > (list.scale.min + list.scale.max) / 2.0
}

fn relevant_items(list: &ScoredList, group: &TiedItems) -> usize {
    group.items.iter().filter(|&&item| relevant(list, item)).count()
}

/// Reciprocal rank of the first relevant item (Voorhees 1999). `None` for a list without one.
pub fn reciprocal_rank(list: &ScoredList) -> Option<f64> {
    let groups = tied_items(list.scores);
    let (group, hits) = groups.iter().map(|group| (group, relevant_items(list, group))).find(|(_, hits)| *hits > 0)?;
    let size = group.items.len();
    // Probability that none of the group's ranks so far has a relevant item.
    let mut none_yet = 1.0;
    let mut expected = 0.0;
    for (before, rank) in group.ranks.clone().enumerate() {
        let first_here = hits as f64 / (size - before) as f64;
        expected += none_yet * first_here / (rank as f64 + 1.0);
        none_yet *= 1.0 - first_here;
        if none_yet <= 0.0 {
            break;
        }
    }
    Some(expected)
}

/// Average precision (Buckley & Voorhees 2000). `None` for a list without a relevant item.
pub fn average_precision(list: &ScoredList) -> Option<f64> {
    let (mut found, mut sum) = (0.0, 0.0);
    for group in tied_items(list.scores) {
        let (size, hits) = (group.items.len() as f64, relevant_items(list, &group) as f64);
        if hits > 0.0 {
            let share = hits / size;
            // Of the group's other items, the share that is relevant where one relevant item is taken out.
            let others = if size > 1.0 { (hits - 1.0) / (size - 1.0) } else { 0.0 };
            for (before, rank) in group.ranks.clone().enumerate() {
                sum += share * (found + 1.0 + before as f64 * others) / (rank as f64 + 1.0);
            }
            found += hits;
        }
    }
    (found > 0.0).then(|| sum / found)
}

/// Pairwise accuracy as a fraction: the number of correctly ordered pairs of items with different grades, tied scores counting ½, and the number of
/// all such pairs; undefined where that is 0.
pub fn pairs(list: &ScoredList) -> (f64, f64) {
    let (mut correct, mut all) = (0.0, 0.0);
    for i in 0..list.grades.len() {
        for j in 0..list.grades.len() {
            if list.grades[i] > list.grades[j] {
                all += 1.0;
                correct += match compare(list.scores[i], list.scores[j]) {
                    Ordering::Greater => 1.0,
                    Ordering::Equal => 0.5,
                    Ordering::Less => 0.0,
                };
            }
        }
    }
    (correct, all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: GradeScale = GradeScale { min: 1.0, max: 3.0 };

    fn metrics(scores: &[f32], grades: &[f32]) -> [Option<f64>; 5] {
        let list = ScoredList { scores, grades, scale: SCALE };
        [ndcg_at(10, &list), ndcg_at(2, &list), ndcg_at(3, &list), reciprocal_rank(&list), average_precision(&list)]
    }

    /// Every permutation of `items`.
    fn permutations(items: &[usize]) -> Vec<Vec<usize>> {
        if items.is_empty() {
            return vec![vec![]];
        }
        let starting_with = |at: usize| {
            let mut rest = items.to_vec();
            let first = rest.remove(at);
            permutations(&rest).into_iter().map(move |tail| [vec![first], tail].concat())
        };
        (0..items.len()).flat_map(starting_with).collect()
    }

    #[test]
    fn ndcg_matches_the_worked_example() {
        // Gains 3, 0, 1 shown in the order 2, 0, 1: (1/1 + 3/log2(3)) / (3/1 + 1/log2(3)).
        let list = ScoredList { scores: &[2.0, 1.0, 3.0], grades: &[3.0, 1.0, 2.0], scale: SCALE };
        let expected = (1.0 + 3.0 / 3f64.log2()) / (3.0 + 1.0 / 3f64.log2());
        assert!((ndcg_at(10, &list).unwrap() - expected).abs() < 1e-12);
    }

    #[test]
    fn a_list_with_nothing_relevant_has_no_ranking_metric() {
        assert_eq!(metrics(&[1.0, 2.0], &[1.0, 1.0]), [None; 5]);
        assert_eq!(pairs(&ScoredList { scores: &[1.0, 2.0], grades: &[1.0, 1.0], scale: SCALE }), (0.0, 0.0));
    }

    #[test]
    fn tied_scores_count_half_a_pair() {
        for scores in [[1.0, 1.0], [0.0, -0.0]] {
            assert_eq!(pairs(&ScoredList { scores: &scores, grades: &[1.0, 3.0], scale: SCALE }), (0.5, 1.0));
        }
    }

    #[test]
    fn a_constant_scorer_scores_the_same_whatever_the_order_of_the_rows() {
        let grades = [3.0, 2.7, 2.3, 1.1, 1.0, 1.0];
        let constant = metrics(&[0.5; 6], &grades);
        for order in permutations(&[0, 1, 2, 3, 4, 5]) {
            let shuffled: Vec<f32> = order.iter().map(|&item| grades[item]).collect();
            assert_eq!(metrics(&[0.5; 6], &shuffled), constant, "{shuffled:?}");
        }
        assert!(constant[0].unwrap() < 0.85, "sorted by grade, a constant scorer is not perfect: {constant:?}");
    }

    #[test]
    fn ties_have_the_mean_over_every_order_of_the_tied_items() {
        let scores = [2.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0];
        for grades in [[1.0, 3.0, 1.0, 2.5, 1.5, 3.0, 1.0], [1.0, 1.0, 1.0, 1.0, 1.0, 3.0, 1.0], [3.0; 7]] {
            let mut sums = [0.0; 5];
            let [middle, last] = [permutations(&[1, 2, 3, 4]), permutations(&[5, 6])];
            for (middle, last) in middle.iter().flat_map(|middle| last.iter().map(move |last| (middle, last))) {
                let order = [vec![0], middle.clone(), last.clone()].concat();
                let ordered: Vec<f32> = order.iter().map(|&item| grades[item]).collect();
                let untied = metrics(&[7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0], &ordered);
                sums.iter_mut().zip(untied).for_each(|(sum, value)| *sum += value.unwrap());
            }
            for (found, sum) in metrics(&scores, &grades).into_iter().zip(sums) {
                assert!((found.unwrap() - sum / 48.0).abs() < 1e-12, "{found:?}, expected {}", sum / 48.0);
            }
        }
    }

    /// The metrics of an order, without ties, as the definitions have them.
    fn untied(order: &[usize], grades: &[f32]) -> [f64; 3] {
        let gain = |i: &usize| f64::from(grades[*i] - SCALE.min).exp2() - 1.0;
        let dcg = |order: &[usize]| {
            order.iter().take(10).enumerate().map(|(rank, i)| gain(i) / (rank as f64 + 2.0).log2()).sum::<f64>()
        };
        let mut ideal: Vec<usize> = (0..grades.len()).collect();
        ideal.sort_by(|&a, &b| grades[b].total_cmp(&grades[a]));
        let (mut first, mut found, mut sum) = (None, 0.0, 0.0);
        for (rank, &item) in order.iter().enumerate() {
            if grades[item] > 2.0 {
                found += 1.0;
                sum += found / (rank as f64 + 1.0);
                first.get_or_insert(1.0 / (rank as f64 + 1.0));
            }
        }
        [dcg(order) / dcg(&ideal), first.unwrap(), sum / found]
    }

    #[test]
    fn lists_without_ties_have_the_usual_metrics_to_the_last_bit() {
        for seed in 0..200 {
            let scores: Vec<f32> = (0..14).map(|i| crate::random::uniform(seed, i) as f32).collect();
            let grades: Vec<f32> = (14..28).map(|i| 1.0 + crate::random::below(seed, i, 9) as f32 / 4.0).collect();
            let mut order: Vec<usize> = (0..14).collect();
            order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
            let found = metrics(&scores, &grades);
            assert_eq!([found[0], found[3], found[4]], untied(&order, &grades).map(Some));
        }
    }
}
