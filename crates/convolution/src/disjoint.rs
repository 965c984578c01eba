//! A mutable slice that threads write disjoint ranges of.

/// Pointer to the slice.
#[derive(Clone, Copy)]
pub struct DisjointMut(*mut f32);

// SAFETY: callers of `range` promise that ranges in use at the same time do not overlap.
unsafe impl Send for DisjointMut {}
// SAFETY: as above.
unsafe impl Sync for DisjointMut {}

impl DisjointMut {
    pub fn new(values: &mut [f32]) -> Self {
        Self(values.as_mut_ptr())
    }

    /// # Safety
    /// The range lies within the slice, and nothing else accesses it while the returned reference lives.
    pub unsafe fn range<'a>(self, start: usize, len: usize) -> &'a mut [f32] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(start), len) }
    }
}
