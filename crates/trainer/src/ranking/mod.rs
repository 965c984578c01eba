//! Training, prediction and evaluation of the ranker.

pub mod ablation;
pub mod calibrate;
pub mod estimate;
pub mod evaluate;
pub mod intent;
pub mod learner;
pub mod lists;
pub mod near_duplicates;
pub mod predict;
pub mod propensity;
pub mod reviews;
pub mod rows;
pub mod sample;
pub mod signals;
pub mod simulated_data;
pub mod statistics;
