//! Why a bundle was refused.

use std::path::PathBuf;

/// A refused bundle. Programs branch on [`BundleError::code`]; the text is for people.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// A file is truncated, altered or inconsistent.
    #[error("{file}{}: found {found}, expected {expected}; download or export the bundle again", in_tensor(.tensor))]
    Corrupt {
        /// The file.
        file: String,
        /// The tensor or manifest key, where the fault has one.
        tensor: Option<String>,
        /// What was there.
        found: String,
        /// What should have been there.
        expected: String,
    },
    /// The bundle was written by another version of the codec.
    #[error(
        "manifest.json: bundle format {found} is not supported: this engine reads format {expected}; re-export the bundle"
    )]
    Version {
        /// Format of the bundle.
        found: u64,
        /// Format of this code.
        expected: u32,
    },
    /// The weights expect features that this code computes differently.
    #[error(
        "manifest.json: the weights expect feature version {found}, this engine computes version {expected}; train and export again"
    )]
    Features {
        /// Feature version of the bundle.
        found: u64,
        /// Feature version of this code.
        expected: u32,
    },
    /// A file that the bundle needs is not there.
    #[error("{file}: not found, expected beside manifest.json; upload the whole bundle folder")]
    MissingFile {
        /// The file.
        file: String,
    },
    /// What was to be written is no legal bundle.
    #[error("{file}{}: found {found}, expected {expected}; nothing was written", in_tensor(.tensor))]
    Invalid {
        /// The file that would have held it.
        file: String,
        /// The tensor or manifest key, where the fault has one.
        tensor: Option<String>,
        /// What was given.
        found: String,
        /// What is legal.
        expected: String,
    },
    /// The target folder holds something else than a bundle.
    #[error("{}: found `{found}` in it, expected an empty folder or an older bundle; choose another folder", .dir.display())]
    Occupied {
        /// The folder.
        dir: PathBuf,
        /// The first file that belongs to no bundle.
        found: String,
    },
    /// The file system refused.
    #[error("{source}; check the path, the permissions and the free space")]
    Io {
        /// The path and the system's reason.
        source: std::io::Error,
    },
}

impl BundleError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            BundleError::Corrupt { .. } => "bundle_corrupt",
            BundleError::Version { .. } => "bundle_version",
            BundleError::Features { .. } => "bundle_features",
            BundleError::MissingFile { .. } => "bundle_missing_file",
            BundleError::Invalid { .. } => "bundle_invalid",
            BundleError::Occupied { .. } => "bundle_occupied",
            BundleError::Io { .. } => "bundle_io",
        }
    }
}

fn in_tensor(tensor: &Option<String>) -> String {
    tensor.as_ref().map_or_else(String::new, |name| format!(": `{name}`"))
}
