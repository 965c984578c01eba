//! Build tasks: `cargo xtask --help`.

mod builds;
mod clippy;
mod optimise;
mod paths;
mod process;
mod size;
mod tree;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Build tasks of the Windowshop workspace.
#[derive(Debug, Parser)]
#[command(name = "xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the wasm modules and their JavaScript glue into web/src/generated.
    Wasm(wasm::Args),
    /// Print the download size of each build; fail above its budget.
    Size,
    /// Fail if a wasm build depends on training code or a data engine.
    CheckTree,
    /// Run clippy for the wasm target.
    ClippyWasm,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Wasm(args) => wasm::run(&args),
        Command::Size => size::run(),
        Command::CheckTree => tree::run(),
        Command::ClippyWasm => clippy::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
