//! Clippy for the wasm target. The GPU build takes minutes and is left out.

use crate::{
    builds::{AUGMENT, BUILDS, ENGINE, TARGET},
    process,
};

pub fn run() -> anyhow::Result<()> {
    for package in [ENGINE, AUGMENT] {
        // Both packages use the flags of the first build.
        let mut command = process::cargo_for(&BUILDS[0]);
        command.args(["clippy", "--package", package, "--lib", "--target", TARGET, "--", "-D", "warnings"]);
        process::run(&mut command)?;
    }
    Ok(())
}
