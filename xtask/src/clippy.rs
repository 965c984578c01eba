//! The lints of the engines' browser faces, which a native run does not compile.

use crate::{
    builds::{BUILDS, ENGINE, ENGINE_GPU, TARGET},
    process,
};

pub fn run() -> anyhow::Result<()> {
    for package in [ENGINE, ENGINE_GPU] {
        let build = BUILDS.iter().find(|build| build.package == package).expect("each package has a build");
        let mut command = process::cargo_for(build);
        command.args(["clippy", "--package", package, "--lib", "--target", TARGET, "--", "-D", "warnings"]);
        process::run(&mut command)?;
    }
    Ok(())
}
