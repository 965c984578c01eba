//! The lints of the engine's browser face, which a native run does not compile.

use crate::{
    builds::{BUILDS, ENGINE, TARGET},
    process,
};

pub fn run() -> anyhow::Result<()> {
    let mut command = process::cargo_for(&BUILDS[0]);
    command.args(["clippy", "--package", ENGINE, "--lib", "--target", TARGET, "--", "-D", "warnings"]);
    process::run(&mut command)
}
