//! `trainer export`: a run's model in the precision that the browser downloads.

use std::path::PathBuf;

use clap::ValueEnum;
use windowshop_bundle::{Bundle, Precision};

use crate::{part, run};

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
    /// How weights are stored; by default int8 for networks that are mostly tables (sentiment, sequence), else f16.
    #[arg(long, value_enum)]
    precision: Option<PrecisionName>,
}

impl From<PrecisionName> for Precision {
    fn from(name: PrecisionName) -> Self {
        match name {
            PrecisionName::F32 => Precision::F32,
            PrecisionName::F16 => Precision::F16,
            PrecisionName::Int8 => Precision::Int8,
        }
    }
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    if let Some(found) = part::found(&args.run) {
        let (network, _) = part::read(found, &args.run)?;
        let precision = args.precision.map_or(part::usual_precision(found), Into::into);
        let bytes = part::write(found, &args.out, &network, precision)?;
        println!("{bytes:>10}  {} in {}", found.file(), args.out.display());
        return Ok(());
    }
    let bundle = run::open_bundle(&args.run)?;
    let precision = args.precision.map_or(Precision::F16, Into::into);
    let files = Bundle::encode(&bundle, precision)?;
    let total: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    Bundle::write(&args.out, &files)?;
    for (name, bytes) in &files {
        println!("{:>10}  {name}", bytes.len());
    }
    println!("{total:>10}  bytes in {}", args.out.display());
    Ok(())
}
