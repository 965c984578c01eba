//! Memory that threads write side by side.

/// Memory of which threads write parts that do not overlap.
#[derive(Clone, Copy)]
pub struct Shared(*mut f32);

// SAFETY: who writes through it promises that parts do not overlap.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    pub fn new(values: &mut [f32]) -> Self {
        Self(values.as_mut_ptr())
    }

    /// # Safety
    /// Nothing else reads or writes this part meanwhile, and it lies within the memory.
    pub unsafe fn part<'a>(self, from: usize, len: usize) -> &'a mut [f32] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.0.add(from), len) }
    }
}
