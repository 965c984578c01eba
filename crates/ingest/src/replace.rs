//! Puts a finished folder in the place of an older one: all of it or nothing.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{IngestError, shown};
use crate::format::DATASET_FILE;

/// A folder beside the final one, removed when it is dropped unfinished.
pub(crate) struct Draft {
    folder: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// Makes the folder. A `target` that holds something else than a dataset is refused.
    pub(crate) fn beside(target: &Path) -> Result<Self, IngestError> {
        let taken = target.is_file() || fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some());
        if taken && !target.join(DATASET_FILE).is_file() {
            return Err(IngestError::OutputTaken { path: shown(target) });
        }
        let folder = sibling(target, "partial");
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(IngestError::io(&folder))?;
        }
        fs::create_dir_all(&folder).map_err(IngestError::io(&folder))?;
        Ok(Self { folder, target: target.to_path_buf() })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Renames the folder to its final place; the older dataset goes only after that worked.
    pub(crate) fn publish(self) -> Result<(), IngestError> {
        if !self.target.exists() {
            return fs::rename(&self.folder, &self.target).map_err(IngestError::io(&self.target));
        }
        let old = sibling(&self.target, "old");
        fs::rename(&self.target, &old).map_err(IngestError::io(&self.target))?;
        if let Err(error) = fs::rename(&self.folder, &self.target) {
            let _ = fs::rename(&old, &self.target); // put it back; the first error is the one worth telling
            return Err(IngestError::io(&self.target)(error));
        }
        fs::remove_dir_all(&old).map_err(IngestError::io(&old))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder); // nothing is left of it after publishing
    }
}

fn sibling(target: &Path, role: &str) -> PathBuf {
    let name = target.file_name().map_or("dataset".into(), |name| name.to_string_lossy().into_owned());
    target.with_file_name(format!(".{name}.{role}-{}", std::process::id()))
}
