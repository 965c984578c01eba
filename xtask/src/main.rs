//! Build chores: `cargo xtask --help`.

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

/// Build chores of the Windowshop workspace.
#[derive(Debug, Parser)]
#[command(name = "xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the engines and image augmentation for browsers, with their JavaScript glue, into web/src/generated.
    Wasm(wasm::Args),
    /// Show the download size of what `wasm` built; fail above the budget.
    Size,
    /// Fail if what a page downloads depends on training code or on a data engine.
    CheckTree,
    /// Lint what only browsers compile.
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
