//! Replays a record: on the same image, on its mask, in another process.

use crate::{
    error::{Error, Result},
    image::{Image, ImageRef, Size},
    pipeline::{self, Workspace},
    record::Record,
};

impl Record {
    /// Does the same again; the same pixels give the same pixels.
    ///
    /// # Errors
    /// An image of another size than the recorded one, or a value that no policy samples.
    pub fn replay(&self, image: &Image) -> Result<Image> {
        self.check(image.size())?;
        Ok(pipeline::run(image.as_ref(), self, &mut Workspace::default()))
    }

    /// [`Record::replay`] into a buffer of the caller's, which is as long as the changed image.
    ///
    /// # Errors
    /// As [`Record::replay`], or another length of `out`.
    pub fn replay_into(&self, image: ImageRef<'_>, workspace: &mut Workspace, out: &mut [u8]) -> Result<Size> {
        self.check(image.size())?;
        let size = self.output_size();
        let expected = size.pixels() * image.channels().count();
        if out.len() != expected {
            return Err(Error::Pixels {
                width: size.width,
                height: size.height,
                channels: image.channels().count(),
                found: out.len(),
                expected: expected.to_string(),
            });
        }
        pipeline::run_into(image, self, workspace, out);
        Ok(size)
    }
}
