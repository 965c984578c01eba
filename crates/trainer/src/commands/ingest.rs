//! `trainer ingest`: raw files to a dataset folder.

use std::path::PathBuf;

use super::validate::data_dir;
use crate::{config, dataset};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The description of the store, store.toml.
    store: PathBuf,
    /// The dataset folder to write; an existing one is replaced atomically.
    #[arg(long)]
    out: PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let store = config::store(&args.store)?;
    let options = dataset::ingest_options()?;
    let encrypted = if options.key.is_some() { ", encrypted" } else { "" };
    let report = windowshop_ingest::ingest(&store, &data_dir(&args.store, &store.data), &args.out, &options)?;
    println!("{report}");
    let task = match &store {
        store if store.lists.is_some() => "ranker",
        store if store.reviews.is_some() => "sentiment",
        store if store.table.is_some() || store.transactions.is_some() => "intent",
        store if store.photos.is_some() => "image",
        _ => "ranker",
    };
    println!(
        "wrote {}{encrypted}\nnext: trainer train {task} --data {} --out RUN",
        args.out.display(),
        args.out.display()
    );
    Ok(())
}
