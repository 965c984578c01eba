//! The file of a network in a bundle: written by a run, read by commands and by other networks.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context;
use windowshop_bundle::{Bundle, NetworkFile};
use windowshop_schema::NetworkKind;

use crate::run;

/// A bundle named `name` with one network.
pub fn bundle(kind: NetworkKind, name: &str, file: NetworkFile) -> Bundle {
    Bundle { name: name.to_owned(), ranker: None, networks: BTreeMap::from([(kind, file)]) }
}

/// Reads a network of a run or of an exported bundle, and the size of its file in bytes.
///
/// # Errors
/// If the bundle cannot be read or has no such network.
pub fn read(kind: NetworkKind, model: &Path) -> anyhow::Result<(NetworkFile, u64)> {
    let (manifest, mut bundle) = run::open_bundle(model)?;
    let file = bundle.networks.remove(&kind).with_context(|| {
        format!(
            "{}: has no {}; expected a run of `trainer train {}`, or a bundle with one in it",
            model.display(),
            kind.file(),
            kind.task()
        )
    })?;
    Ok((file, manifest.files[kind.file()].size_bytes))
}
