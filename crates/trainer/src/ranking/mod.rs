//! Everything about the ranker on the trainer's side.

pub mod bootstrap;
pub mod calibrate;
pub mod checkpoint;
pub mod estimate;
pub mod evaluate;
pub mod lists;
pub mod metrics;
pub mod optimise;
pub mod predict;
pub mod rows;
pub mod split;
pub mod statistics;
