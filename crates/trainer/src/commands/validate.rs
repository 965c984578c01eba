//! `trainer validate`: checks a store's raw files; writes nothing.

use std::path::{Path, PathBuf};

use crate::config;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The description of the store, store.toml.
    store: PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let store = config::store(&args.store)?;
    let report = windowshop_ingest::validate(&store, &data_dir(&args.store, &store.data))?;
    println!("{report}");
    println!("{}: ready to ingest", args.store.display());
    Ok(())
}

/// The folder of the raw files, which `store.toml` names relative to itself.
pub fn data_dir(store: &Path, data: &str) -> PathBuf {
    store.parent().unwrap_or(Path::new(".")).join(data)
}
