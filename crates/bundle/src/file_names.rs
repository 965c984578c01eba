//! The names of a bundle's files.

use windowshop_schema::NetworkKind;

/// The file that names the others.
pub const MANIFEST_FILE: &str = "manifest.json";
/// The ranker's weights.
pub const RANKER_FILE: &str = "ranker.safetensors";
/// Item index and text statistics of the ranker; absent when a bundle has neither.
pub const STATISTICS_FILE: &str = "statistics.safetensors";

/// Can the manifest list a file of this name?
pub(crate) fn is_listed(file: &str) -> bool {
    [RANKER_FILE, STATISTICS_FILE].contains(&file) || NetworkKind::ALL.iter().any(|kind| kind.file() == file)
}
