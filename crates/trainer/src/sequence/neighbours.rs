//! Neighbours of items: co-occurrence in sessions, weighted by distance and age.

use std::{cmp::Reverse, collections::HashMap};

use windowshop_features::NextItem;
use windowshop_schema::{NeighbourConfig, Neighbours};

/// Largest distance of two neighbours in a session.
const LARGEST_GAP: usize = 10;
/// Pseudo-count in the shares of an item's neighbours.
const SHARE_PRIOR: f32 = 1.0;
/// Half-life of a session's weight for popularity, as a share of all sessions: shorter than that for neighbours.
const POPULARITY_HALF_LIFE: f64 = 0.1;

/// Unordered neighbours of each item with their counts.
pub type Rows = Vec<Vec<(u32, f32)>>;

/// Counts the neighbours of each item; two items at distance g count 1/√g.
pub fn count(sessions: &[Vec<u32>], items: usize, config: &NeighbourConfig) -> Rows {
    let mut counts: Vec<HashMap<u32, f32>> = vec![HashMap::new(); items];
    for (s, session) in sessions.iter().enumerate() {
        let age = age_weight(s, sessions.len(), config.half_life);
        for (earlier, &from) in session.iter().enumerate() {
            for (gap, &to) in session[earlier + 1..].iter().take(LARGEST_GAP).enumerate() {
                if from != to {
                    let weight = age / (gap as f32 + 1.0).sqrt();
                    *counts[from as usize].entry(to).or_default() += weight;
                    *counts[to as usize].entry(from).or_default() += weight * config.backward as f32;
                }
            }
        }
    }
    counts
        .into_iter()
        .map(|row| {
            let mut row: Vec<(u32, f32)> = row.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
            row.sort_unstable_by_key(|(item, weight)| (Reverse(weight.to_bits()), *item));
            row
        })
        .collect()
}

/// The strongest neighbours of each item as shares, and the popularity of each item.
pub fn fit(sessions: &[Vec<u32>], items: usize, config: &NeighbourConfig) -> NextItem {
    let mut rows = count(sessions, items, config);
    for row in &mut rows {
        row.truncate(config.per_item);
        let sum: f32 = row.iter().map(|(_, weight)| weight).sum();
        row.iter_mut().for_each(|(_, weight)| *weight /= sum + SHARE_PRIOR);
    }
    let keep = config.mean_per_item * items;
    let mut pairs: Vec<(u32, u32)> =
        rows.iter().zip(0..).flat_map(|(row, from)| row.iter().map(move |(_, w)| (w.to_bits(), from))).collect();
    if pairs.len() > keep && keep > 0 {
        // The bits of positive floats have the order of their values.
        let (_, weakest, _) = pairs.select_nth_unstable_by_key(keep - 1, |pair| Reverse(*pair));
        let weakest = *weakest;
        for (row, from) in rows.iter_mut().zip(0..) {
            row.retain(|(_, weight)| (weight.to_bits(), from) >= weakest);
        }
    }
    NextItem { neighbours: Neighbours::from_rows(rows), popularity: popularity(sessions, items) }
}

/// ln(1 + count) of each item, with recent sessions weighted more.
pub fn popularity(sessions: &[Vec<u32>], items: usize) -> Vec<f32> {
    let mut counts = vec![0f32; items];
    for (s, session) in sessions.iter().enumerate() {
        let weight = age_weight(s, sessions.len(), POPULARITY_HALF_LIFE);
        session.iter().for_each(|item| counts[*item as usize] += weight);
    }
    counts.into_iter().map(f32::ln_1p).collect()
}

/// The weight of a session by its age; 1 for the latest.
fn age_weight(session: usize, sessions: usize, half_life: f64) -> f32 {
    if half_life <= 0.0 {
        return 1.0;
    }
    let age = (sessions - 1 - session) as f64 / sessions as f64;
    0.5f64.powf(age / half_life) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_recent_and_forward_pairs_count_more() {
        let config = NeighbourConfig { half_life: 0.5, ..Default::default() };
        let rows = count(&[vec![0, 1, 2], vec![0, 3, 4]], 5, &config);
        let weight = |from: usize, to: u32| rows[from].iter().find(|(item, _)| *item == to).unwrap().1;
        assert!(weight(0, 1) > weight(0, 2), "nearer");
        assert!(weight(0, 3) > weight(0, 1), "later");
        assert!(weight(0, 1) > weight(1, 0), "forward");
    }

    #[test]
    fn the_table_keeps_the_strongest_within_its_budget() {
        let sessions: Vec<Vec<u32>> = (0..200).map(|i| vec![i % 20, (i * 7 + i / 20) % 20]).collect();
        let config = NeighbourConfig { per_item: 4, mean_per_item: 2, ..Default::default() };
        let next_item = fit(&sessions, 20, &config);
        assert_eq!(next_item.neighbours.items.len(), 40, "two per item on average");
        assert!((0..20).all(|item| next_item.neighbours.row(item).0.len() <= 4));
        let wide = fit(&sessions, 20, &NeighbourConfig { per_item: 4, mean_per_item: 4, ..Default::default() });
        let strongest = wide.neighbours.weights.iter().copied().fold(0.0, f32::max);
        assert!(next_item.neighbours.weights.contains(&strongest));
    }
}
