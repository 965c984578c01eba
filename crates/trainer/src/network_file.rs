//! A network with a file of its own: how a run keeps it and how it is read again.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context;
use windowshop_bundle::{Bundle, NetworkFile, Precision};
use windowshop_schema::NetworkKind;

use crate::run;

/// Writes what a run has learned as an f32 bundle named `name`, whole or not at all.
pub fn write(kind: NetworkKind, run: &Path, name: &str, file: NetworkFile) -> anyhow::Result<()> {
    let bundle = Bundle { name: name.to_owned(), ranker: None, networks: BTreeMap::from([(kind, file)]) };
    Ok(Bundle::write(&run::bundle_dir(run), &bundle.encode(Some(Precision::F32))?)?)
}

/// Reads a kind of a run or of an exported bundle, and the size of its file in bytes.
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
