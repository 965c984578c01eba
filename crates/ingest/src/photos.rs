//! Photos with their category: table `photo_rows (ord, label, is_test, width, height, channels, bytes)`.

mod folder;
mod idx;
pub(crate) mod items;

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BinaryBuilder, BooleanBuilder, Int64Builder, RecordBatch, StringBuilder};
use windowshop_schema::StoreConfig;

use crate::Dataset;
use crate::error::IngestError;
use crate::format::Table;
use crate::job::Job;
use crate::parquet::{self, Folder};
use crate::picture::Picture;
use crate::sql::Sql;
use crate::staging::PHOTO_ROWS;

const TABLE: &str = "photos";
/// Photos a batch: small enough that a batch of large photos stays below what one column can address.
const BATCH: usize = 256;
/// A larger file is no photo of a product.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// A photo and its category.
#[derive(Clone, Debug, PartialEq)]
pub struct Photo {
    /// The category.
    pub label: String,
    /// Is it among the store's own test photos?
    pub is_test: bool,
    /// The file as it was, or the pixels of a picture that was never encoded.
    pub bytes: Vec<u8>,
    /// Width, height and channels of pixels that were never encoded.
    raw: Option<[usize; 3]>,
}

impl Photo {
    /// Its pixels. `None`: the bytes, which could be decoded once, no longer can.
    pub fn picture(&self) -> Option<Picture> {
        match self.raw {
            Some([width, height, channels]) => Some(Picture::raw(width, height, channels, &self.bytes)),
            None => Picture::decode(&self.bytes).ok(),
        }
    }
}

/// Where `data` is itself a folder of categories, or has none of the store's folders, it stands for the store's own.
pub(crate) fn stand_in(store: &mut StoreConfig, data: &Path) {
    let Some(photos) = &mut store.photos else { return };
    if photos.folder.as_ref().is_some_and(|folder| !data.join(folder).is_dir()) {
        photos.folder = Some(".".into());
        photos.test_folder = None;
    }
}

/// Reads and judges the photos, if the store has any.
pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(photos) = &job.store.photos else { return Ok(()) };
    let mut rows = Judged::default();
    match (&photos.folder, &photos.images, &photos.labels) {
        (Some(name), None, None) => {
            job.step("photos", name);
            folder::read(&job.file(name), "photos.folder", false, &mut rows)?;
            if let Some(name) = &photos.test_folder {
                folder::read(&job.file(name), "photos.test_folder", true, &mut rows)?;
            }
        }
        (None, Some(images), Some(labels)) => {
            job.step("photos", images);
            idx::read([&job.file(images), &job.file(labels)], &photos.classes, false, &mut rows)?;
            if let (Some(images), Some(labels)) = (&photos.test_images, &photos.test_labels) {
                idx::read([&job.file(images), &job.file(labels)], &photos.classes, true, &mut rows)?;
            }
        }
        _ => {
            let problem = "[photos]: expected either folder, or images and labels; see `trainer init`";
            return Err(IngestError::Store(problem.into()));
        }
    }
    job.plans.register("photos_judged", rows.finish().map_err(|e| IngestError::plan(TABLE)(e.into()))?)?;
    job.report.judge(&job.plans, "photos_judged", TABLE)?;
    job.report.require_rows(TABLE, TABLE)?;
    let kept =
        "SELECT row AS ord, label, is_test, width, height, channels, bytes FROM photos_judged WHERE reason IS NULL";
    job.plans.view(PHOTO_ROWS, &Sql::new(kept))
}

/// Photos as they are read: `row, reason, sample, label, is_test, width, height, channels, bytes`.
#[derive(Default)]
struct Judged {
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

impl Judged {
    /// Adds a photo. `shape`: width, height and channels of raw pixels, zeros where `bytes` are encoded.
    fn push(
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
            self.close().map_err(|e| IngestError::plan(TABLE)(e.into()))?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), datafusion::arrow::error::ArrowError> {
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

    fn finish(mut self) -> Result<Vec<RecordBatch>, datafusion::arrow::error::ArrowError> {
        self.close()?;
        Ok(self.batches)
    }
}

/// Reads the photos of a dataset.
pub(crate) fn read(dir: &Folder) -> Result<Vec<Photo>, IngestError> {
    let mut photos = Vec::new();
    for rows in parquet::read(dir, Table::Photos)? {
        let (labels, tests, bytes) = (rows.texts("label")?, rows.flags("is_test")?, rows.bytes("bytes")?);
        let sizes = [rows.numbers("width")?, rows.numbers("height")?, rows.numbers("channels")?];
        for i in 0..rows.len() {
            let shape = [0, 1, 2].map(|k| sizes[k].value(i) as usize);
            let bytes = bytes.value(i);
            let whole = shape.iter().product::<usize>();
            if whole != 0 && whole != bytes.len() {
                return Err(IngestError::not_a_dataset(
                    &dir.path,
                    format!("photo {i} has {} bytes, expected {whole}", bytes.len()),
                ));
            }
            photos.push(Photo {
                label: labels.value(i).to_string(),
                is_test: tests.value(i),
                bytes: bytes.to_vec(),
                raw: (whole != 0).then_some(shape),
            });
        }
    }
    Ok(photos)
}

impl Dataset {
    /// Calls `see` with each item that has a photo, by its row and in the order of the rows, and with the photo, whose label is the
    /// item's category, empty where it has none.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn each_item_photo(&self, mut see: impl FnMut(u32, Photo)) -> Result<(), IngestError> {
        for rows in parquet::stream(&self.dir, Table::ItemPhotos)? {
            let rows = rows?;
            let (items, bytes) = (rows.numbers("item")?, rows.bytes("bytes")?);
            for i in 0..rows.len() {
                let item = items.value(i);
                let known = self.items.get(item as usize);
                let known = known
                    .ok_or_else(|| IngestError::not_a_dataset(&self.dir.path, format!("a photo of item {item}")))?;
                let label = known.category.clone().unwrap_or_default();
                see(item, Photo { label, is_test: false, bytes: bytes.value(i).to_vec(), raw: None });
            }
        }
        Ok(())
    }
}
