//! Item representations by handle, computed at most once.

use windowshop_kernels::padded;

/// See the module's text.
pub struct ItemCache {
    stride: usize,
    values: Vec<f32>,
    known: Vec<bool>,
}

impl ItemCache {
    /// An empty cache of representations of length `repr`.
    pub fn new(repr: usize) -> Self {
        Self { stride: padded(repr), values: Vec::new(), known: Vec::new() }
    }

    /// Forgets every representation.
    pub fn clear(&mut self) {
        self.known.fill(false);
    }

    /// Makes sure that every wanted handle is there; `encode` gets the missing ones, each once.
    pub fn fill(&mut self, wanted: impl Iterator<Item = u32>, encode: impl FnOnce(&[u32]) -> Vec<f32>) {
        let mut missing = Vec::new();
        for handle in wanted {
            let at = handle as usize;
            if at >= self.known.len() {
                self.known.resize(at + 1, false);
                self.values.resize((at + 1) * self.stride, 0.0);
            }
            if !std::mem::replace(&mut self.known[at], true) {
                missing.push(handle);
            }
        }
        if missing.is_empty() {
            return;
        }
        for (row, &handle) in encode(&missing).chunks_exact(self.stride).zip(&missing) {
            self.values[handle as usize * self.stride..][..self.stride].copy_from_slice(row);
        }
    }

    /// The representation of a handle that was filled.
    pub fn get(&self, handle: u32) -> &[f32] {
        &self.values[handle as usize * self.stride..][..self.stride]
    }
}
