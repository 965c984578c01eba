//! Labelled photos: table `photo_rows (ord, label, is_test, width, height, channels, bytes)`.

mod folder;
mod idx;
pub(crate) mod items;
mod rows;

use std::path::Path;

use windowshop_schema::StoreConfig;

use crate::error::IngestError;
use crate::job::Job;
use crate::sql::Sql;
use crate::staging::PHOTO_ROWS;
use rows::PhotoRows;

const TABLE: &str = "photos";

/// If `data` lacks the photo folder of the store, it is the photo folder itself.
pub(crate) fn stand_in(store: &mut StoreConfig, data: &Path) {
    let Some(photos) = &mut store.photos else { return };
    if photos.folder.as_ref().is_some_and(|folder| !data.join(folder).is_dir()) {
        photos.folder = Some(".".into());
        photos.test_folder = None;
    }
}

/// Reads and checks the photos, if the store has any.
pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(photos) = &job.store.photos else { return Ok(()) };
    let mut rows = PhotoRows::default();
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
    job.plans.register("photos_checked", rows.finish().map_err(|e| IngestError::plan(TABLE)(e.into()))?)?;
    job.report.count_dropped(&job.plans, "photos_checked", TABLE)?;
    job.report.require_rows(TABLE, TABLE)?;
    let kept =
        "SELECT row AS ord, label, is_test, width, height, channels, bytes FROM photos_checked WHERE reason IS NULL";
    job.plans.view(PHOTO_ROWS, &Sql::new(kept))
}
