//! `trainer validate`: checks a store's raw files without writing anything.

use std::path::{Path, PathBuf};

use crate::config;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The store's description.
    store: PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let store = config::store(&args.store)?;
    let report = windowshop_ingest::validate(&store, &data_dir(&args.store, &store.data))?;
    println!("{report}");
    println!("{}: ready to ingest", args.store.display());
    Ok(())
}

/// The folder of the raw files: relative to `store.toml`.
pub fn data_dir(store: &Path, data: &str) -> PathBuf {
    store.parent().unwrap_or(Path::new(".")).join(data)
}
