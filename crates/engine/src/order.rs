//! From scores to an order.

/// Indexes by descending score. Equal scores keep the shop's order; NaN comes last, also in the shop's order.
pub fn by_score(scores: &[f32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (scores[a as usize], scores[b as usize]);
        match (a.is_nan(), b.is_nan()) {
            (false, false) => b.total_cmp(&a),
            (a, b) => a.cmp(&b),
        }
    });
    order
}

/// The same order with every item at most `limit` positions from its position in the shop's order.
///
/// Positions are filled from the top: with the item whose last allowed position this is, else with the best-scored item that
/// may move here. One exists always, because the shop's order satisfies every limit.
pub fn bounded(order: &[u32], limit: usize) -> Vec<u32> {
    let count = order.len();
    let mut rank = vec![0; count];
    for (position, &item) in order.iter().enumerate() {
        rank[item as usize] = position;
    }
    let mut eligible = std::collections::BTreeSet::new(); // (position in the unbounded order, item)
    let mut waiting = 0; // items below this index are eligible or placed
    let mut overdue = 0; // items below this index are placed
    let mut placed = vec![false; count];
    let mut out = Vec::with_capacity(count);
    for position in 0..count {
        while waiting < count && waiting <= position + limit {
            eligible.insert((rank[waiting], waiting));
            waiting += 1;
        }
        while overdue < count && placed[overdue] {
            overdue += 1;
        }
        let due = overdue + limit == position;
        let item = if due { overdue } else { eligible.first().expect("the shop's order satisfies every limit").1 };
        eligible.remove(&(rank[item], item));
        placed[item] = true;
        out.push(item as u32);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_keep_the_shops_order() {
        assert_eq!(by_score(&[1.0, 2.0, 1.0, 2.0]), [1, 3, 0, 2]);
    }

    #[test]
    fn nan_scores_come_last_in_the_shops_order() {
        let scores = [f32::NAN, 1.0, -f32::NAN, f32::NEG_INFINITY, 2.0, f32::INFINITY];
        assert_eq!(by_score(&scores), [5, 4, 1, 3, 0, 2]);
    }

    #[test]
    fn no_item_moves_further_than_the_limit() {
        let scores: Vec<f32> = (0..50).map(|i| ((i * 37) % 50) as f32).collect();
        let order = by_score(&scores);
        for limit in [0, 1, 3, 10, 60] {
            let bounded = bounded(&order, limit);
            let mut seen = bounded.clone();
            seen.sort_unstable();
            assert_eq!(seen, (0..50).collect::<Vec<_>>(), "every item once");
            for (position, &item) in bounded.iter().enumerate() {
                assert!(position.abs_diff(item as usize) <= limit, "limit {limit}: item {item} at {position}");
            }
        }
        assert_eq!(bounded(&order, 60), order, "a wide limit changes nothing");
    }
}
