//! The folder of a new dataset, before it replaces an older one.

use std::{fs, path::Path};

use windowshop_files::NewFolder;

use crate::error::{IngestError, shown};
use crate::format::DATASET_FILE;

/// Makes the folder. A `target` that holds something else than a dataset is refused.
pub(crate) fn new_dataset(target: &Path) -> Result<NewFolder, IngestError> {
    let taken = target.is_file() || fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some());
    if taken && !target.join(DATASET_FILE).is_file() {
        return Err(IngestError::OutputTaken { path: shown(target) });
    }
    Ok(NewFolder::beside(target)?)
}
