//! Metrics of one list. `None` where a metric is undefined for the list; higher is better except for the squared error.

use windowshop_schema::GradeScale;

/// What a list's metrics are computed from.
#[derive(Clone, Debug)]
pub struct ScoredList<'a> {
    /// Score of each item, in the shop's order.
    pub scores: &'a [f32],
    /// Grade of each item.
    pub grades: &'a [f32],
    /// Range of the grades.
    pub scale: GradeScale,
}

/// Indexes from best to worst; equal scores keep the shop's order.
pub fn order(scores: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    order
}

/// NDCG@k (Järvelin & Kekäläinen 2002) with gain 2^g − 1, g counted from the bottom of the scale, and log2 discount.
/// `None` for a list without any gain.
pub fn ndcg_at(k: usize, list: &ScoredList) -> Option<f64> {
    let gain = |i: &usize| (f64::from(list.grades[*i] - list.scale.min)).exp2() - 1.0;
    let dcg =
        |order: &[usize]| order.iter().take(k).enumerate().map(|(p, i)| gain(i) / (p as f64 + 2.0).log2()).sum::<f64>();
    let ideal = dcg(&order(list.grades));
    (ideal > 0.0).then(|| dcg(&order(list.scores)) / ideal)
}

/// Is this grade in the upper half of its scale?
fn relevant(list: &ScoredList, i: usize) -> bool {
    list.grades[i] > (list.scale.min + list.scale.max) / 2.0
}

/// Reciprocal rank of the first relevant item. `None` for a list without one.
pub fn reciprocal_rank(list: &ScoredList) -> Option<f64> {
    let place = order(list.scores).into_iter().position(|i| relevant(list, i))?;
    Some(1.0 / (place as f64 + 1.0))
}

/// Average precision. `None` for a list without a relevant item.
pub fn average_precision(list: &ScoredList) -> Option<f64> {
    let (mut found, mut sum) = (0.0, 0.0);
    for (place, i) in order(list.scores).into_iter().enumerate() {
        if relevant(list, i) {
            found += 1.0;
            sum += found / (place as f64 + 1.0);
        }
    }
    (found > 0.0).then(|| sum / found)
}

/// Correctly ordered pairs and all pairs with different grades; score ties count ½.
pub fn pairs(list: &ScoredList) -> (f64, f64) {
    let (mut correct, mut all) = (0.0, 0.0);
    for i in 0..list.grades.len() {
        for j in 0..list.grades.len() {
            if list.grades[i] > list.grades[j] {
                all += 1.0;
                correct += match list.scores[i].total_cmp(&list.scores[j]) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
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

    #[test]
    fn ndcg_matches_the_worked_example() {
        // Gains 3, 0, 1 shown in the order 2, 0, 1: (1/1 + 3/log2(3)) / (3/1 + 1/log2(3)).
        let list = ScoredList { scores: &[2.0, 1.0, 3.0], grades: &[3.0, 1.0, 2.0], scale: SCALE };
        let expected = (1.0 + 3.0 / 3f64.log2()) / (3.0 + 1.0 / 3f64.log2());
        assert!((ndcg_at(10, &list).unwrap() - expected).abs() < 1e-12);
    }

    #[test]
    fn a_list_with_nothing_relevant_has_no_ranking_metric() {
        let list = ScoredList { scores: &[1.0, 2.0], grades: &[1.0, 1.0], scale: SCALE };
        assert_eq!(ndcg_at(10, &list), None);
        assert_eq!(reciprocal_rank(&list), None);
        assert_eq!(average_precision(&list), None);
        assert_eq!(pairs(&list), (0.0, 0.0));
    }

    #[test]
    fn tied_scores_count_half_a_pair() {
        let list = ScoredList { scores: &[1.0, 1.0], grades: &[1.0, 3.0], scale: SCALE };
        assert_eq!(pairs(&list), (0.5, 1.0));
    }
}
