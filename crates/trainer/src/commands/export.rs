//! `trainer export`: a run's model in the precision that the browser downloads.

use std::path::PathBuf;

use clap::ValueEnum;
use windowshop_bundle::{Bundle, Precision};

use crate::run;

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PrecisionName {
    F32,
    F16,
    Int8,
}

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run to export.
    run: PathBuf,
    /// The bundle folder to write; an old one is replaced only when the new one is complete.
    #[arg(long)]
    out: PathBuf,
    /// How weights are stored.
    #[arg(long, value_enum, default_value = "f16")]
    precision: PrecisionName,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let bundle = run::open_bundle(&args.run)?;
    let precision = match args.precision {
        PrecisionName::F32 => Precision::F32,
        PrecisionName::F16 => Precision::F16,
        PrecisionName::Int8 => Precision::Int8,
    };
    let files = Bundle::encode(&bundle, precision)?;
    let total: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    Bundle::write(&args.out, &files)?;
    for (name, bytes) in &files {
        println!("{:>10}  {name}", bytes.len());
    }
    println!("{total:>10}  bytes in {}", args.out.display());
    Ok(())
}
