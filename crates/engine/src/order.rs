//! From scores to an order a shop can live with.

/// Indexes by descending score; ties and equal scores keep the shop's order.
pub fn by_score(scores: &[f32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
    order
}

/// The same order with no item further than `limit` places from where the shop put it.
///
/// Places are filled from the top. An item whose last allowed place has come goes first; otherwise the best-scored
/// item that may already stand here. One always may: the shop's own order satisfies every limit.
pub fn bounded(order: &[u32], limit: usize) -> Vec<u32> {
    let count = order.len();
    let mut rank = vec![0; count];
    for (place, &item) in order.iter().enumerate() {
        rank[item as usize] = place;
    }
    let mut eligible = std::collections::BTreeSet::new(); // (place in the unbounded order, item)
    let mut waiting = 0; // items below this index are eligible or placed
    let mut overdue = 0; // items below this index are placed
    let mut placed = vec![false; count];
    let mut out = Vec::with_capacity(count);
    for place in 0..count {
        while waiting < count && waiting <= place + limit {
            eligible.insert((rank[waiting], waiting));
            waiting += 1;
        }
        while overdue < count && placed[overdue] {
            overdue += 1;
        }
        let due = overdue + limit == place;
        let item = if due { overdue } else { eligible.first().expect("the shop's order is always possible").1 };
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
    fn no_item_moves_further_than_allowed() {
        let scores: Vec<f32> = (0..50).map(|i| ((i * 37) % 50) as f32).collect();
        let order = by_score(&scores);
        for limit in [0, 1, 3, 10, 60] {
            let bounded = bounded(&order, limit);
            let mut seen = bounded.clone();
            seen.sort_unstable();
            assert_eq!(seen, (0..50).collect::<Vec<_>>(), "every item once");
            for (place, &item) in bounded.iter().enumerate() {
                assert!(place.abs_diff(item as usize) <= limit, "limit {limit}: item {item} at {place}");
            }
        }
        assert_eq!(bounded(&order, 60), order, "a wide limit changes nothing");
    }
}
