//! Options of an ingest.

use std::fmt;

use crate::key::Key;

/// Callback with the name of a step and its file.
pub type Progress = Box<dyn Fn(&str, &str) + Send + Sync>;

/// Options of an ingest. The default is for training.
#[derive(Default)]
pub struct IngestOptions {
    /// Called at every step.
    pub progress: Option<Progress>,
    /// Keep events on items that are not in the catalogue, as items without a title. Otherwise they are dropped and counted.
    pub allow_unknown: bool,
    /// Skip `lists.training_files` and the items' photos, which an evaluation does not need.
    pub skip_training_files: bool,
    /// Encrypt the tables with this key. The report, which is not encrypted, then has no samples of rows.
    pub key: Option<Key>,
}

impl fmt::Debug for IngestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IngestOptions")
            .field("progress", &self.progress.is_some())
            .field("allow_unknown", &self.allow_unknown)
            .field("skip_training_files", &self.skip_training_files)
            .field("key", &self.key)
            .finish()
    }
}
