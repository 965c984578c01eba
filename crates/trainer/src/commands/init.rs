//! `trainer init`: a commented store.toml to start from.

use std::path::PathBuf;

use anyhow::{Context, bail};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder to create the file in.
    dir: PathBuf,
}

const TEMPLATE: &str = include_str!("store_template.toml");

pub fn run(args: &Args) -> anyhow::Result<()> {
    let path = args.dir.join("store.toml");
    if path.exists() {
        bail!("{}: already exists; choose another folder, or move the file", path.display());
    }
    std::fs::create_dir_all(&args.dir).with_context(|| args.dir.display().to_string())?;
    windowshop_files::write(&path, TEMPLATE)?;
    println!(
        "wrote {}\nnext: fill in your file and column names, then `trainer validate {}`",
        path.display(),
        path.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_template_is_a_valid_store() {
        toml::from_str::<windowshop_schema::StoreConfig>(super::TEMPLATE).unwrap();
    }
}
