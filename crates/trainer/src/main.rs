//! The command line `trainer`. Exit codes: 0 done, 1 the work failed, 2 the command line was wrong.

use std::process::ExitCode;

use clap::Parser;
use windowshop_trainer::{commands, device};

fn main() -> ExitCode {
    device::keep_defaults_on_the_cpu();
    match commands::dispatch(commands::Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}
