//! Runs the shaders of `windowshop-augment` on a native GPU and compares them with the CPU, bit for bit.
//!
//! A crate of its own, so that the tests of `windowshop-augment` do not compile wgpu.
//!
//! ```
//! use windowshop_augment::{AugmentPolicy, Channels, Image, Key};
//! use windowshop_augment_gpu::Gpu;
//!
//! let photo = Image::new(16, 12, Channels::Rgb, vec![200; 16 * 12 * 3])?;
//! let (changed, record) = AugmentPolicy::preset("product")?.apply_recorded(&photo, Key::default());
//! if let Ok(mut gpu) = Gpu::open() {
//!     assert_eq!(gpu.replay(&record, &photo)?, changed);
//! }
//! # Ok::<(), windowshop_augment::Error>(())
//! ```

mod host;
mod pixels;

use windowshop_augment::{Image, Record, Result};

pub use host::{Gpu, GpuError};

impl Gpu {
    /// What [`Record::replay`] does, on the GPU wherever it can be done there. After a [`Gpu::fault`] the CPU does the rest.
    ///
    /// # Errors
    /// As [`Record::replay`].
    pub fn replay(&mut self, record: &Record, image: &Image) -> Result<Image> {
        record.check(image.size())?;
        let mut changed: Option<Image> = None;
        for step in record.steps(image.channels()) {
            let before = changed.as_ref().unwrap_or(image);
            let words = step.passes.as_deref().and_then(|passes| self.run(passes, &pixels::words(before)));
            let size = step.record.output_size();
            changed = Some(match words {
                Some(words) => pixels::image(size, image.channels(), &words)?,
                None => step.record.replay(before)?,
            });
        }
        Ok(changed.unwrap_or_else(|| image.clone()))
    }
}
