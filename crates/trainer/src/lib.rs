//! Trains the networks of windowshop from a shop's data and exports them as bundles for the browser: the library behind the
//! command line `trainer`.
//!
//! ```text
//! raw files -> ingest -> dataset -> train -> run folder -> export -> bundle
//! ```

mod ablation;
mod augmentation;
pub mod commands;
mod config;
mod dataset;
pub mod device;
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
mod task;
mod tasks;
mod tuning;
