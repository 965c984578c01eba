//! Child processes.

use std::{path::Path, process::Command};

use anyhow::{Context, bail};

use crate::{builds::Build, paths};

/// The running cargo in the repository root, without the outer cargo's compiler flags.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(paths::root()).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

/// [`cargo`] with the target folder and compiler flags of `build`.
pub fn cargo_for(build: &Build) -> Command {
    let mut flags = vec!["-C".to_owned(), format!("target-feature={}", build.target_features)];
    flags.extend(build.flags.iter().map(|flag| (*flag).to_owned()));
    for (dir, name) in paths::remapped_prefixes() {
        flags.push(format!("--remap-path-prefix={}={name}", dir.display()));
    }
    let mut command = cargo();
    command.env("CARGO_TARGET_DIR", paths::build_target(build)).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    command
}

/// Runs to completion.
///
/// # Errors
/// If the program cannot be started or fails.
pub fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = name(command);
    let status = command.status().with_context(|| format!("`{program}` cannot be started: is it installed?"))?;
    if !status.success() {
        bail!("`{program}` failed: {status}");
    }
    Ok(())
}

/// Runs to completion and returns the standard output.
///
/// # Errors
/// If the program cannot be started, fails, or prints other than UTF-8.
pub fn output(command: &mut Command) -> anyhow::Result<String> {
    let program = name(command);
    let output = command.output().with_context(|| format!("`{program}` cannot be started: is it installed?"))?;
    if !output.status.success() {
        bail!("`{program}` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The program's name without its path.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    program.file_stem().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}
