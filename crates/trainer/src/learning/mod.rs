//! What every task's training shares: the loop, its checkpoints, splits, and intervals.

pub mod checkpoint;
pub mod classes;
pub mod optimise;
pub mod split;
