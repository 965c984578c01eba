//! Batches of sessions: padded, masked, with their item graphs.

use burn::tensor::{Device, Int, Tensor, TensorData};

/// Stands in for the logits of padded positions.
pub const MASKED_LOGIT: f32 = -1e9;

/// A batch of sessions on a device, oldest item first, padded at the end.
#[derive(Clone, Debug)]
pub struct SequenceBatch {
    /// Number of sessions and of positions.
    pub shape: [usize; 2],
    /// Item rows, `[sessions * positions]`; 0 where padded.
    pub items: Tensor<1, Int>,
    /// Number of later items, `[sessions * positions]`; 0 for the most recent item and where padded.
    pub recency: Tensor<1, Int>,
    /// 1 where unpadded, else 0, `[sessions, positions]`.
    pub mask: Tensor<2>,
    /// 1 at the most recent item, else 0, `[sessions, positions]`.
    pub last: Tensor<2>,
    /// Normalised incoming adjacency of the session graph, `[sessions, positions, positions]` (Wu et al. 2019, section 3.2).
    /// A row sums to 1, or to 0 without incoming edges.
    pub incoming: Tensor<3>,
    /// Normalised outgoing adjacency, `[sessions, positions, positions]`.
    pub outgoing: Tensor<3>,
}

impl SequenceBatch {
    /// Truncates sessions to the last `max_items`, pads to the longest and moves them to `device`.
    pub fn new(sessions: &[&[u32]], max_items: usize, device: &Device) -> Self {
        let sessions: Vec<&[u32]> = sessions.iter().map(|s| &s[s.len().saturating_sub(max_items)..]).collect();
        let positions = sessions.iter().map(|session| session.len()).max().unwrap_or(0).max(1);
        let cells = sessions.len() * positions;
        let (mut items, mut recency) = (vec![0i32; cells], vec![0i32; cells]);
        let (mut mask, mut last) = (vec![0f32; cells], vec![0f32; cells]);
        let (mut incoming, mut outgoing) = (vec![0f32; cells * positions], vec![0f32; cells * positions]);
        for (s, session) in sessions.iter().enumerate() {
            let start = s * positions;
            for (p, item) in session.iter().enumerate() {
                items[start + p] = *item as i32;
                recency[start + p] = (session.len() - 1 - p) as i32;
                mask[start + p] = 1.0;
            }
            if let Some(end) = session.len().checked_sub(1) {
                last[start + end] = 1.0;
            }
            let square = start * positions..(start + positions) * positions;
            adjacency(session, positions, |before, after| (after, before), &mut incoming[square.clone()]);
            adjacency(session, positions, |before, after| (before, after), &mut outgoing[square]);
        }
        let shape = [sessions.len(), positions];
        let cube = [sessions.len(), positions, positions];
        let whole = |values: Vec<i32>| Tensor::from_data(TensorData::new(values, [cells]), device);
        let flat = |values: Vec<f32>| Tensor::from_data(TensorData::new(values, shape), device);
        Self {
            shape,
            items: whole(items),
            recency: whole(recency),
            mask: flat(mask),
            last: flat(last),
            incoming: Tensor::from_data(TensorData::new(incoming, cube), device),
            outgoing: Tensor::from_data(TensorData::new(outgoing, cube), device),
        }
    }
}

/// Fills `into` `[positions, positions]` with the row-normalised adjacency of the session graph, whose edges join consecutive items.
/// An item that occurs several times is one node: its weight is divided among its positions.
fn adjacency(session: &[u32], positions: usize, edge: impl Fn(u32, u32) -> (u32, u32), into: &mut [f32]) {
    let edges: Vec<(u32, u32)> = session.windows(2).map(|pair| edge(pair[0], pair[1])).collect();
    for (row, item) in session.iter().enumerate() {
        let neighbours: Vec<u32> = edges.iter().filter(|(from, _)| from == item).map(|(_, to)| *to).collect();
        for (column, other) in session.iter().enumerate() {
            let count = neighbours.iter().filter(|to| *to == other).count();
            if count > 0 {
                let occurrences = session.iter().filter(|x| *x == other).count();
                into[row * positions + column] = count as f32 / (neighbours.len() * occurrences) as f32;
            }
        }
    }
}
