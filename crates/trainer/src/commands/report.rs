//! `trainer report`

use std::path::PathBuf;

use anyhow::Context;

use crate::report::{page, source::Source};

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
    let page = page::page(&Source::open(&args.model)?)?;
    let next = args.out.with_extension("html.next");
    std::fs::write(&next, page).with_context(|| next.display().to_string())?;
    std::fs::rename(&next, &args.out).with_context(|| args.out.display().to_string())?;
    println!("wrote {}", args.out.display());
    Ok(())
}
