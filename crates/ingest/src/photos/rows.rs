//! Photos as they are read, as record batches.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BinaryBuilder, BooleanBuilder, Int64Builder, RecordBatch, StringBuilder};
use datafusion::arrow::error::ArrowError;

use crate::error::IngestError;

/// Photos per batch: few enough for the 2 GiB limit of a column.
pub(super) const BATCH: usize = 256;
/// Larger files are rejected.
pub(super) const MAX_FILE_BYTES: u64 = 64 << 20;

/// A table of photos: `row, reason, sample, label, is_test, width, height, channels, bytes`.
#[derive(Default)]
pub(super) struct PhotoRows {
    batches: Vec<RecordBatch>,
    read: i64,
    row: Int64Builder,
    reason: StringBuilder,
    sample: StringBuilder,
    label: StringBuilder,
    is_test: BooleanBuilder,
    sizes: [Int64Builder; 3],
    bytes: BinaryBuilder,
}

impl PhotoRows {
    /// Adds a photo. `shape`: width, height and channels of raw pixels, zeros for an encoded file.
    pub(super) fn push(
        &mut self,
        label: &str,
        is_test: bool,
        sample: &str,
        shape: [usize; 3],
        bytes: Result<&[u8], &'static str>,
    ) -> Result<(), IngestError> {
        self.read += 1;
        self.row.append_value(self.read);
        self.reason.append_option(bytes.err());
        self.sample.append_value(sample);
        self.label.append_value(label);
        self.is_test.append_value(is_test);
        self.sizes.iter_mut().zip(shape).for_each(|(builder, size)| builder.append_value(size as i64));
        self.bytes.append_value(bytes.unwrap_or_default());
        if (self.read as usize).is_multiple_of(BATCH) {
            self.close().map_err(|e| IngestError::plan("photos")(e.into()))?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), ArrowError> {
        let [width, height, channels] = &mut self.sizes;
        let columns: [(&str, ArrayRef); 9] = [
            ("row", Arc::new(self.row.finish())),
            ("reason", Arc::new(self.reason.finish())),
            ("sample", Arc::new(self.sample.finish())),
            ("label", Arc::new(self.label.finish())),
            ("is_test", Arc::new(self.is_test.finish())),
            ("width", Arc::new(width.finish())),
            ("height", Arc::new(height.finish())),
            ("channels", Arc::new(channels.finish())),
            ("bytes", Arc::new(self.bytes.finish())),
        ];
        let columns = columns.into_iter().map(|(name, column)| (name, column, true));
        self.batches.push(RecordBatch::try_from_iter_with_nullable(columns)?);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<RecordBatch>, ArrowError> {
        self.close()?;
        Ok(self.batches)
    }
}
