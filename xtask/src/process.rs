//! Running other programs.

use std::{path::Path, process::Command};

use anyhow::{Context, bail};

use crate::{builds::Build, paths};

/// The cargo that runs us, in the repository root, free of what the outer cargo set for its own compiler.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(paths::root()).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

/// Cargo with the target folder and the compiler flags of a build.
pub fn cargo_for(build: &Build) -> Command {
    let mut flags = vec!["-C".to_owned(), format!("target-feature={}", build.target_features)];
    flags.extend(build.flags.iter().map(|flag| (*flag).to_owned()));
    for (dir, name) in paths::renamed() {
        flags.push(format!("--remap-path-prefix={}={name}", dir.display()));
    }
    let mut command = cargo();
    command.env("CARGO_TARGET_DIR", paths::build_target(build)).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    command
}

/// Runs to the end; a failure names the program.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = name(command);
    let status = command.status().with_context(|| format!("{program} cannot be started"))?;
    if !status.success() {
        bail!("{program} failed: {status}");
    }
    Ok(())
}

/// Runs to the end and gives what it printed.
pub fn output(command: &mut Command) -> anyhow::Result<String> {
    let program = name(command);
    let output = command.output().with_context(|| format!("{program} cannot be started"))?;
    if !output.status.success() {
        bail!("{program} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// `cargo` and not the path of one: what a person would type.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    program.file_stem().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}
