//! Item representations by handle, computed at most once.

use windowshop_kernels::padded;

/// A table of item representations by handle.
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

    /// Removes every representation.
    pub fn clear(&mut self) {
        self.known.fill(false);
    }

    /// Adds the representations of `wanted` that are missing. `encode` receives each missing handle once.
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

    /// The representation of a handle that [`Self::fill`] has added, `[padded(repr)]`.
    pub fn get(&self, handle: u32) -> &[f32] {
        &self.values[handle as usize * self.stride..][..self.stride]
    }
}
