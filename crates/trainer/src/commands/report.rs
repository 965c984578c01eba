//! `trainer report`

use std::path::PathBuf;

use crate::{
    report::{page, source::Source},
    run,
};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder of a finished run, or an exported bundle.
    model: PathBuf,
    /// The HTML file to write.
    #[arg(long)]
    out: PathBuf,
}

/// `trainer report`
pub fn run(args: &Args) -> anyhow::Result<()> {
    run::replace(&args.out, page::page(&Source::open(&args.model)?)?.as_bytes())?;
    println!("wrote {}", args.out.display());
    Ok(())
}
