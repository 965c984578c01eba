//! How well an item fits what the visitor did: evidence from pairs of items, likeness of titles and of item vectors.
//!
//! Every feature appears twice: as it is, and standardised within the list, because what matters is which of these
//! items fits best.

use windowshop_schema::{Neighbours, Statistics};

use crate::{
    grams,
    item::{Items, PreparedItem},
    list::SessionEvent,
    matrix::Matrix,
};

/// Relation "b came after a", weight Σ 1/gap.
pub const NEXT: &str = "next";
/// Relation without direction "a and b are in the same history", weight the number of histories.
pub const TOGETHER: &str = "together";
/// Signals of an item before its relations were cut to the strongest: Σ of its `next` row, Σ of its `next` column.
pub const OUT_STRENGTH: &str = "out_strength";
/// See [`OUT_STRENGTH`].
pub const IN_STRENGTH: &str = "in_strength";
/// Number of interactions.
pub const INTERACTIONS: &str = "interactions";

const BASE: [&str; 15] = [
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
];

/// Events looked at; older ones only count as seen.
const EVENTS: usize = 20;
/// What one step further back weighs.
const DECAY: f32 = 0.75;
/// Pseudo-counts: a share of two observations is not evidence.
const STRENGTH_PRIOR: f32 = 5.0;
const COUNT_PRIOR: f32 = 3.0;

/// Feature names.
pub fn names() -> Vec<String> {
    let raw = BASE.iter().map(|name| (*name).to_owned());
    raw.chain(BASE.iter().map(|name| format!("{name}_in_list"))).collect()
}

struct Event<'a> {
    item: &'a PreparedItem,
    weight: f32,
}

/// The features of `candidates` given a session that is not empty; unknown values are NaN.
pub fn features(session: &[SessionEvent], candidates: &[u32], items: &Items, statistics: &Statistics) -> Matrix {
    let events: Vec<Event> = session
        .iter()
        .rev()
        .take(EVENTS)
        .enumerate()
        .map(|(back, event)| Event {
            item: items.get(event.item),
            weight: DECAY.powi(back as i32) * event.kind.weight().max(0.0),
        })
        .collect();
    let seen: Vec<&str> = session.iter().map(|event| items.get(event.item).id.as_str()).collect();
    let pairs = PairEvidence::new(statistics, &events);
    let mut out = Matrix::unknown(candidates.len(), 2 * BASE.len());
    for (row, &candidate) in candidates.iter().enumerate() {
        let candidate = items.get(candidate);
        let cells = &mut out.row_mut(row)[..BASE.len()];
        pairs.write(candidate, &mut cells[..8]);
        let likeness = |event: &Event| grams::cosine(&event.item.grams, &candidate.grams);
        cells[8..11].copy_from_slice(&pooled(&events, likeness));
        cells[11] = f32::from(seen.contains(&candidate.id.as_str()));
        if let Some(vector) = candidate.row.and_then(|row| statistics.item_vectors.row(row as usize)) {
            let likeness = |event: &Event| {
                let other = event.item.row.and_then(|row| statistics.item_vectors.row(row as usize));
                other.map_or(0.0, |other| other.iter().zip(vector).map(|(a, b)| a * b).sum())
            };
            cells[12..15].copy_from_slice(&pooled(&events, likeness));
        }
    }
    standardise_within(&mut out);
    out
}

/// Weighted mean, best and last of a likeness over the session.
fn pooled(events: &[Event], likeness: impl Fn(&Event) -> f32) -> [f32; 3] {
    let values: Vec<f32> = events.iter().map(likeness).collect();
    let total: f32 = events.iter().map(|e| e.weight).sum();
    let mean = values.iter().zip(events).map(|(v, e)| v * e.weight).sum::<f32>() / total.max(1e-6);
    [mean, values.iter().copied().fold(f32::MIN, f32::max), values[0]]
}

/// The rows of the relations that this session touches.
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

/// Fills the second half of the columns with the z-scores of the first over the list.
fn standardise_within(matrix: &mut Matrix) {
    for column in 0..BASE.len() {
        let known: Vec<f32> = matrix.column(column).filter(|v| v.is_finite()).collect();
        if known.is_empty() {
            continue;
        }
        let mean = known.iter().sum::<f32>() / known.len() as f32;
        let spread = (known.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / known.len() as f32).sqrt();
        for row in 0..matrix.rows() {
            let cells = matrix.row_mut(row);
            cells[BASE.len() + column] = (cells[column] - mean) / (spread + 1e-6);
        }
    }
}
