//! The names of a bundle's files.

use windowshop_schema::NetworkKind;

pub use windowshop_schema::manifest::{MANIFEST_FILE, RANKER_FILE, STATISTICS_FILE};

/// Can the manifest list a file of this name?
pub(crate) fn is_listed(file: &str) -> bool {
    [RANKER_FILE, STATISTICS_FILE].contains(&file) || NetworkKind::ALL.iter().any(|kind| kind.file() == file)
}
