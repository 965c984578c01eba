//! The command line, one file per command.

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

/// Train networks that re-rank a shop's search results, evaluate them, and export a bundle for the browser.
#[derive(Debug, Parser)]
#[command(name = "trainer", version, arg_required_else_help = true)]
pub struct Cli {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// A subcommand with its arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented store.toml to start from.
    Init(init::Args),
    /// Download a public data set by name; prints its address, SHA-256 and licence first.
    Fetch(fetch::Args),
    /// Check a store's raw files; writes nothing.
    Validate(validate::Args),
    /// Convert a store's raw files to a dataset folder; reports the dropped rows with reasons.
    ///
    /// If the environment variable WINDOWSHOP_KEY_FILE names a file with a key (from `openssl rand -hex 32`), the tables are
    /// encrypted with it, and every command decrypts them with it.
    Ingest(ingest::Args),
    /// Write photos augmented by a policy, a record of the operations, and a contact sheet.
    Augment(augment::Args),
    /// Train a network.
    Train(TrainArgs),
    /// Cross-validate: train once per fold, each time with another test split.
    CrossValidate(cross_validate::Args),
    /// Run an ablation: train with and without each expansion of the training data, over several seeds, and test the difference.
    Ablate(ablate::Args),
    /// Search for good training settings; the validation split selects.
    Tune(tune::Args),
    /// Evaluate a trained network; prints metrics with 95 % confidence intervals.
    #[command(subcommand)]
    Evaluate(evaluate::Target),
    /// Simulate visitors fitted to a dataset: events in the same format, marked as simulated, with a fidelity report.
    Simulate(simulate::Args),
    /// Write the data, settings and metrics of a run or a bundle as one HTML file.
    Report(report::Args),
    /// Export runs as the bundle that the browser loads.
    Export(export::Args),
}

/// Runs a command.
///
/// # Errors
/// As the command fails.
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
        Command::Evaluate(target) => evaluate::run(&target),
        Command::Simulate(args) => simulate::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Export(args) => export::run(&args),
    }
}
