//! Something counted, and how many visitors it is of.

/// See the module's text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Seen {
    /// How much was counted.
    pub weight: f64,
    /// Of how many visitors.
    pub visitors: usize,
    last: Option<usize>,
}

impl Seen {
    /// Counts for a visitor; visitors come one after the other.
    pub fn add(&mut self, visitor: usize, weight: f64) {
        self.weight += weight;
        if self.last.replace(visitor) != Some(visitor) {
            self.visitors += 1;
        }
    }
}
