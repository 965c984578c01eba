//! `trainer train`: trains a network.

use crate::{task::TrainArgs, tasks};

/// `trainer train`
pub fn run(args: &TrainArgs) -> anyhow::Result<()> {
    tasks::train(args)
}
