//! Errors of reading and writing bundles.

use std::path::PathBuf;

/// Why a bundle was not read or written. Programs branch on [`BundleError::code`]; the text is for people.
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
        /// What the file holds.
        found: String,
        /// What is legal.
        expected: String,
    },
    /// The bundle has a format that this code does not read.
    #[error(
        "manifest.json: bundle format {found} is not supported: this engine reads formats {oldest} to {newest}; re-export the bundle"
    )]
    Version {
        /// Format of the bundle.
        found: u64,
        /// Oldest format that this code reads.
        oldest: u32,
        /// Newest format that this code reads.
        newest: u32,
    },
    /// The weights expect the features of another version of the feature code.
    #[error(
        "manifest.json: the weights expect feature version {found}, this engine computes version {expected}; train and export again"
    )]
    Features {
        /// Feature version of the bundle.
        found: u64,
        /// Feature version of this code.
        expected: u32,
    },
    /// A required file is missing.
    #[error("{file}: not found, expected beside manifest.json; upload the whole bundle folder")]
    MissingFile {
        /// The file.
        file: String,
    },
    /// The bundle to be written is inconsistent.
    #[error("{file}{}: found {found}, expected {expected}; nothing was written", in_tensor(.tensor))]
    Invalid {
        /// The file that was not written.
        file: String,
        /// The tensor or manifest key, where the fault has one.
        tensor: Option<String>,
        /// What the bundle holds.
        found: String,
        /// What is legal.
        expected: String,
    },
    /// The target folder holds files that are not of a bundle.
    #[error("{}: found `{found}` in it, expected an empty folder or an older bundle; choose another folder", .dir.display())]
    Occupied {
        /// The folder.
        dir: PathBuf,
        /// The first of them.
        found: String,
    },
    /// The file system failed.
    #[error("{source}; check the path, the permissions and the free space")]
    Io {
        /// The path and the system's reason.
        source: std::io::Error,
    },
}

impl BundleError {
    /// A stable code for programs.
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
