//! `trainer`: learns from a shop's data and exports a bundle of weights.
//!
//! Exit codes: 0 done, 1 the work failed, 2 the command line was wrong.

mod ablation;
mod augmentation;
mod commands;
mod config;
mod dataset;
mod device;
mod gan;
mod image;
mod intent;
mod learning;
mod network_file;
mod progress;
mod ranking;
mod report;
mod run;
mod sentiment;
mod sequence;
mod simulation;
mod tabular;
mod tuning;

use clap::Parser;

fn main() -> std::process::ExitCode {
    device::keep_defaults_on_the_cpu();
    let cli = commands::Cli::parse();
    match commands::dispatch(cli.command) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::from(1)
        }
    }
}
