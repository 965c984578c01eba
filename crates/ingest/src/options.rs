//! What a caller may choose about an ingest.

use std::fmt;

use crate::key::Key;

/// Called with the name of a step and what it works on.
pub type Progress = Box<dyn Fn(&str, &str) + Send + Sync>;

/// Choices for one ingest. The default suits an ingest for training.
#[derive(Default)]
pub struct IngestOptions {
    /// Told about every step.
    pub progress: Option<Progress>,
    /// Keeps events about items that no catalogue knows, as items without a title. Without it they are dropped and counted.
    pub allow_unknown: bool,
    /// Leaves `lists.training_files` and the items' photos unread: an evaluation has no use for them.
    pub skip_training_files: bool,
    /// Encrypts the tables with it. What is kept beside them, settings and counts, then has no samples of rows.
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
