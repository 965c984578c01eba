//! Sessions as tensors: padded, masked, and as graphs.

use burn::tensor::{Device, Int, Tensor, TensorData};

/// A batch of sessions on a device, oldest item first, padded at the end.
#[derive(Clone, Debug)]
pub struct SequenceBatch {
    /// Sessions and positions.
    pub shape: [usize; 2],
    /// `[sessions * positions]` rows of items; 0 where padded.
    pub items: Tensor<1, Int>,
    /// `[sessions * positions]`: how many items came after, 0 for the most recent and where padded.
    pub recency: Tensor<1, Int>,
    /// `[sessions, positions]`, 1 = real
    pub mask: Tensor<2>,
    /// `[sessions, positions]`, 1 = the most recent item
    pub last: Tensor<2>,
    /// `[sessions, positions, positions]`: what reaches the item at a position from those before it in the session's graph.
    /// A row sums to 1, or to 0 where nothing does (Wu et al. 2019, section 3.2).
    pub incoming: Tensor<3>,
    /// The same against the direction of time.
    pub outgoing: Tensor<3>,
}

impl SequenceBatch {
    /// Pads the last `max_items` of each session to the longest and moves them to `device`.
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
            reach(session, positions, |before, after| (after, before), &mut incoming[square.clone()]);
            reach(session, positions, |before, after| (before, after), &mut outgoing[square]);
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

/// Fills `[positions, positions]`: from the item at a row's position to every position, over the edges between items that
/// follow one another. An item that is there twice is one node: its edges are shared out among its positions.
fn reach(session: &[u32], positions: usize, edge: impl Fn(u32, u32) -> (u32, u32), into: &mut [f32]) {
    let edges: Vec<(u32, u32)> = session.windows(2).map(|pair| edge(pair[0], pair[1])).collect();
    for (row, item) in session.iter().enumerate() {
        let own: Vec<u32> = edges.iter().filter(|(from, _)| from == item).map(|(_, to)| *to).collect();
        for (column, other) in session.iter().enumerate() {
            let strength = own.iter().filter(|to| *to == other).count();
            if strength > 0 {
                let places = session.iter().filter(|x| *x == other).count();
                into[row * positions + column] = strength as f32 / (own.len() * places) as f32;
            }
        }
    }
}
