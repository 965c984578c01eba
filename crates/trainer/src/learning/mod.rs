//! Training, whatever the task: the loop, its checkpoints, batches, splits and confidence intervals.

pub mod batches;
pub mod checkpoint;
pub mod classes;
pub mod optimise;
pub mod schedule;
pub mod split;
