//! A weighted count that also counts distinct visitors, for k-anonymity thresholds.

/// Count and distinct visitors of one thing, such as a transition between two products.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct VisitorCount {
    /// Sum of weights.
    pub weight: f64,
    /// Number of distinct visitors.
    pub visitors: usize,
    last: Option<usize>,
}

impl VisitorCount {
    /// Adds the weight of a visitor; visitors are added one after the other.
    pub fn add(&mut self, visitor: usize, weight: f64) {
        self.weight += weight;
        if self.last.replace(visitor) != Some(visitor) {
            self.visitors += 1;
        }
    }
}
