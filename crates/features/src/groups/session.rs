//! How well an item fits the visitor's session: evidence from item pairs, similarity of titles and of item vectors.
//!
//! Every column appears twice: as it is, and standardised within the list, because the ranking depends on which of these
//! items fits best.

use windowshop_schema::{Neighbours, Statistics};

use crate::{
    grams,
    group::{FeatureGroup, Head, HeadInput, HiddenLayers, ListInput},
    item::PreparedItem,
    matrix::Matrix,
};

/// Present where the session has events.
pub static GROUP: FeatureGroup = FeatureGroup {
    columns: &COLUMNS,
    extract: |list| (!list.request.session.is_empty()).then(|| extract(list)),
    multiplier: None,
};

/// The shape of its network.
pub const HEAD: Head = Head { input: HeadInput::Session, hidden: HiddenLayers::One(1) };

/// Directed relation "b came after a" with weight Σ 1/gap.
pub const NEXT: &str = "next";
/// Undirected relation "a and b are in one history"; its weight is the number of histories.
pub const TOGETHER: &str = "together";
/// Signal: sum of an item's `next` row before the relation was pruned to its strongest pairs.
pub const OUT_STRENGTH: &str = "out_strength";
/// Signal: sum of an item's `next` column before the relation was pruned to its strongest pairs.
pub const IN_STRENGTH: &str = "in_strength";
/// Signal: number of interactions.
pub const INTERACTIONS: &str = "interactions";

/// Columns before the standardised ones.
const BASE: usize = 15;
const COLUMNS: [&str; 2 * BASE] = [
    "next_decayed",
    "next_share_decayed",
    "next_share_last",
    "next_share_best",
    "next_lift_decayed",
    "together_decayed",
    "together_best",
    "together_sum",
    "title_decayed",
    "title_best",
    "title_last",
    "seen",
    "vector_decayed",
    "vector_best",
    "vector_last",
    // The same, standardised within the list.
    "next_decayed_in_list",
    "next_share_decayed_in_list",
    "next_share_last_in_list",
    "next_share_best_in_list",
    "next_lift_decayed_in_list",
    "together_decayed_in_list",
    "together_best_in_list",
    "together_sum_in_list",
    "title_decayed_in_list",
    "title_best_in_list",
    "title_last_in_list",
    "seen_in_list",
    "vector_decayed_in_list",
    "vector_best_in_list",
    "vector_last_in_list",
];

/// Most recent events that are compared; older events only set `seen`.
const EVENTS: usize = 20;
/// Factor of an event's weight for each step back.
const DECAY: f32 = 0.75;
/// Pseudo-counts, because a share of two observations is no evidence.
const STRENGTH_PRIOR: f32 = 5.0;
const COUNT_PRIOR: f32 = 3.0;

struct Event<'a> {
    item: &'a PreparedItem,
    weight: f32,
}

fn extract(list: &ListInput) -> Matrix {
    let ListInput { request, registered, statistics, .. } = *list;
    let events: Vec<Event> = request
        .session
        .iter()
        .rev()
        .take(EVENTS)
        .enumerate()
        .map(|(back, event)| Event {
            item: registered.get(event.item),
            weight: DECAY.powi(back as i32) * event.kind.weight().max(0.0),
        })
        .collect();
    let seen: Vec<&str> = request.session.iter().map(|event| registered.get(event.item).id.as_str()).collect();
    let pairs = PairEvidence::new(statistics, &events);
    let mut out = Matrix::unknown(list.items.len(), COLUMNS.len());
    for (row, candidate) in list.items.iter().enumerate() {
        let cells = &mut out.row_mut(row)[..BASE];
        pairs.write(candidate, &mut cells[..8]);
        let similarity = |event: &Event| grams::cosine(&event.item.grams, &candidate.grams);
        cells[8..11].copy_from_slice(&pooled(&events, similarity));
        cells[11] = f32::from(seen.contains(&candidate.id.as_str()));
        if let Some(vector) = candidate.row.and_then(|row| statistics.item_vectors.row(row as usize)) {
            let similarity = |event: &Event| {
                let other = event.item.row.and_then(|row| statistics.item_vectors.row(row as usize));
                other.map_or(0.0, |other| other.iter().zip(vector).map(|(a, b)| a * b).sum())
            };
            cells[12..15].copy_from_slice(&pooled(&events, similarity));
        }
    }
    standardise_within(&mut out);
    out
}

/// Weighted mean, maximum and last value of a similarity over the session.
fn pooled(events: &[Event], similarity: impl Fn(&Event) -> f32) -> [f32; 3] {
    let values: Vec<f32> = events.iter().map(similarity).collect();
    let total: f32 = events.iter().map(|e| e.weight).sum();
    let mean = values.iter().zip(events).map(|(v, e)| v * e.weight).sum::<f32>() / total.max(1e-6);
    [mean, values.iter().copied().fold(f32::MIN, f32::max), values[0]]
}

/// Evidence from item pairs of one session.
struct PairEvidence<'a> {
    statistics: &'a Statistics,
    next: Option<&'a Neighbours>,
    together: Option<&'a Neighbours>,
    events: Vec<(u32, f32)>,
}

impl<'a> PairEvidence<'a> {
    fn new(statistics: &'a Statistics, events: &[Event]) -> Self {
        let relation = |name| statistics.neighbours.get(name);
        let events = events.iter().filter_map(|e| Some((e.item.row?, e.weight))).collect();
        Self { statistics, next: relation(NEXT), together: relation(TOGETHER), events }
    }

    fn signal(&self, name: &str, row: u32) -> f32 {
        let value = self.statistics.signal(name, Some(row));
        if value.is_finite() { value } else { 0.0 }
    }

    fn write(&self, candidate: &PreparedItem, cells: &mut [f32]) {
        let (Some(to), Some(next), Some(together)) = (candidate.row, self.next, self.together) else { return };
        let (incoming, count) = (self.signal(IN_STRENGTH, to), self.signal(INTERACTIONS, to));
        let mut sums = [0.0f32; 8];
        for (back, &(from, weight)) in self.events.iter().enumerate() {
            let strength = next.weight(from, to);
            let outgoing = self.signal(OUT_STRENGTH, from);
            let share = strength / (outgoing + STRENGTH_PRIOR);
            let lift = strength / ((outgoing + STRENGTH_PRIOR) * (incoming + STRENGTH_PRIOR)).sqrt();
            let shared = together.weight(from.min(to), from.max(to))
                / ((self.signal(INTERACTIONS, from) + COUNT_PRIOR) * (count + COUNT_PRIOR)).sqrt();
            sums[0] += weight * strength;
            sums[1] += weight * share;
            sums[2] = if back == 0 { share } else { sums[2] };
            sums[3] = sums[3].max(share);
            sums[4] += weight * lift;
            sums[5] += weight * shared;
            sums[6] = sums[6].max(shared);
            sums[7] += shared;
        }
        cells[0] = sums[0].ln_1p();
        for (cell, sum) in cells[1..].iter_mut().zip(&sums[1..]) {
            *cell = (100.0 * sum).ln_1p();
        }
    }
}

/// Fills the second half of the columns with the z-scores of the first half over the list.
fn standardise_within(matrix: &mut Matrix) {
    for column in 0..BASE {
        let known: Vec<f32> = matrix.column(column).filter(|v| v.is_finite()).collect();
        if known.is_empty() {
            continue;
        }
        let mean = known.iter().sum::<f32>() / known.len() as f32;
        let spread = (known.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / known.len() as f32).sqrt();
        for row in 0..matrix.rows() {
            let cells = matrix.row_mut(row);
            cells[BASE + column] = (cells[column] - mean) / (spread + 1e-6);
        }
    }
}
