//! The photos named in the catalogue: table `item_photo_rows (item, bytes)`. An item with an unusable photo is kept without
//! one.

use std::fs;
use std::path::{Component, Path};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BinaryBuilder, Int64Builder, RecordBatch, StringBuilder};
use datafusion::arrow::error::ArrowError;

use super::rows::{BATCH, MAX_FILE_BYTES};
use crate::decoded_image::DecodedImage;
use crate::error::IngestError;
use crate::job::Job;
use crate::plan::{integers, texts};
use crate::sql::Sql;
use crate::staging::{self, ITEM_PHOTO_ROWS};

/// Reads and checks the photos of items, after the items are numbered.
pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let named = "SELECT item_numbers.item, catalogue.ord, item_numbers.id, item_numbers.image \
                 FROM item_numbers JOIN catalogue ON item_numbers.id = catalogue.id \
                 WHERE item_numbers.image IS NOT NULL ORDER BY item_numbers.item";
    // Photos are for training: a ranker holds the embeddings of its items.
    let batches =
        if job.options.skip_training_files { Vec::new() } else { job.plans.rows("photos", &Sql::new(named))? };
    if batches.iter().all(|batch| batch.num_rows() == 0) {
        return staging::empty(&job.plans, ITEM_PHOTO_ROWS, ITEM_PHOTO_ROWS);
    }
    job.step("photos of items", "");
    let mut rows = Read::default();
    for batch in batches {
        let (items, places) = (integers(batch.column(0)), integers(batch.column(1)));
        let (ids, images) = (texts(batch.column(2)), texts(batch.column(3)));
        for i in 0..batch.num_rows() {
            match photo(job, images.value(i)) {
                Ok(bytes) => rows.push(items.value(i), &bytes).map_err(failed)?,
                Err(reason) => rows.warn(places.value(i), reason, &format!("{}: {}", ids.value(i), images.value(i))),
            }
        }
    }
    let (photos, warnings) = rows.finish().map_err(failed)?;
    let count: usize = photos.iter().map(RecordBatch::num_rows).sum();
    job.report.counts.insert("item photos".into(), count as u64);
    job.plans.register(ITEM_PHOTO_ROWS, photos)?;
    job.plans.register("item_photos_warnings", vec![warnings])?;
    job.report.warn(&job.plans, "item_photos_warnings", "catalogue")
}

fn failed(error: ArrowError) -> IngestError {
    IngestError::plan("photos")(error.into())
}

/// The bytes of a decodable photo, or the reason why there is none.
fn photo(job: &Job<'_>, name: &str) -> Result<Vec<u8>, &'static str> {
    let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(name).components().all(inside) {
        return Err("no photo: its path leaves the data folder");
    }
    let path = job.file(name);
    let length = fs::metadata(&path).map_err(|_| "no photo: the file does not exist")?.len();
    if length > MAX_FILE_BYTES {
        return Err("no photo: the file is larger than 64 MiB");
    }
    let bytes = fs::read(&path).map_err(|_| "no photo: the file cannot be read")?;
    match DecodedImage::decode(&bytes) {
        Ok(_) => Ok(bytes),
        Err(_) => Err("no photo: the file is not a usable image"),
    }
}

/// The tables of photos and of warnings.
#[derive(Default)]
struct Read {
    batches: Vec<RecordBatch>,
    pending: usize,
    item: Int64Builder,
    bytes: BinaryBuilder,
    row: Int64Builder,
    reason: StringBuilder,
    sample: StringBuilder,
}

impl Read {
    fn push(&mut self, item: i64, bytes: &[u8]) -> Result<(), ArrowError> {
        self.item.append_value(item);
        self.bytes.append_value(bytes);
        self.pending += 1;
        if self.pending == BATCH { self.close() } else { Ok(()) }
    }

    fn warn(&mut self, row: i64, reason: &str, sample: &str) {
        self.row.append_value(row);
        self.reason.append_value(reason);
        self.sample.append_value(sample);
    }

    fn close(&mut self) -> Result<(), ArrowError> {
        let columns: [(&str, ArrayRef); 2] =
            [("item", Arc::new(self.item.finish())), ("bytes", Arc::new(self.bytes.finish()))];
        self.batches.push(RecordBatch::try_from_iter(columns)?);
        self.pending = 0;
        Ok(())
    }

    fn finish(mut self) -> Result<(Vec<RecordBatch>, RecordBatch), ArrowError> {
        self.close()?;
        let warnings: [(&str, ArrayRef); 3] = [
            ("row", Arc::new(self.row.finish())),
            ("reason", Arc::new(self.reason.finish())),
            ("sample", Arc::new(self.sample.finish())),
        ];
        Ok((self.batches, RecordBatch::try_from_iter(warnings)?))
    }
}
