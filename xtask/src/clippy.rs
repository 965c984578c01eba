//! The lints of what only browsers compile. The GPU's takes minutes and is left out.

use crate::{
    builds::{AUGMENT, BUILDS, ENGINE, TARGET},
    process,
};

pub fn run() -> anyhow::Result<()> {
    for package in [ENGINE, AUGMENT] {
        // Both are compiled with the same flags.
        let mut command = process::cargo_for(&BUILDS[0]);
        command.args(["clippy", "--package", package, "--lib", "--target", TARGET, "--", "-D", "warnings"]);
        process::run(&mut command)?;
    }
    Ok(())
}
