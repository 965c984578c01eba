//! The command line: one file a command.

mod ablate;
mod augment;
mod cross_validate;
mod evaluate;
mod export;
mod fetch;
mod ingest;
mod init;
mod report;
mod simulate;
mod train;
mod tune;
mod validate;

use clap::{Parser, Subcommand};

use crate::task::TrainArgs;

/// Learn to re-rank a shop's search results, measure how good that is, and export a bundle for the browser.
#[derive(Debug, Parser)]
#[command(name = "trainer", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented store.toml to start from.
    Init(init::Args),
    /// Download a public data set by name; address, sha-256 and licence are shown first.
    Fetch(fetch::Args),
    /// Check a store's raw files without writing anything.
    Validate(validate::Args),
    /// Turn a store's raw files into a dataset folder, with a report of what was dropped and why.
    ///
    /// Where the environment variable WINDOWSHOP_KEY_FILE names a file with a key (made by `openssl rand -hex 32`), the tables are
    /// encrypted with it, and every command reads them with it.
    Ingest(ingest::Args),
    /// Write photos changed by a policy, what was done to each, and a contact sheet.
    Augment(augment::Args),
    /// Train a network.
    Train(TrainArgs),
    /// Train once a fold, each time tested on another part of the data.
    CrossValidate(cross_validate::Args),
    /// Train with and without each way to expand scarce samples, many times, and say whether it helps.
    Ablate(ablate::Args),
    /// Search for good training settings; only the validation part decides.
    Tune(tune::Args),
    /// Measure a trained network; metrics come with 95 % confidence intervals.
    #[command(subcommand)]
    Evaluate(evaluate::Task),
    /// Draw visitors like those of a dataset: events in the same format, marked as simulated, with a report of how like they are.
    Simulate(simulate::Args),
    /// Write what a run or a bundle is and how good it was as one HTML file.
    Report(report::Args),
    /// Write the bundle that the browser loads.
    Export(export::Args),
}

/// Runs a command.
pub fn dispatch(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Init(args) => init::run(&args),
        Command::Fetch(args) => fetch::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Ingest(args) => ingest::run(&args),
        Command::Augment(args) => augment::run(&args),
        Command::Train(args) => train::run(&args),
        Command::CrossValidate(args) => cross_validate::run(&args),
        Command::Ablate(args) => ablate::run(&args),
        Command::Tune(args) => tune::run(&args),
        Command::Evaluate(task) => evaluate::run(&task),
        Command::Simulate(args) => simulate::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Export(args) => export::run(&args),
    }
}
