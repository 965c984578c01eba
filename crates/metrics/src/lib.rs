//! Statistics on plain slices: no tensors, no data engine.
//!
//! - Intervals of 95 % and p values: [`bootstrap`], [`jackknife`], [`student_t`]
//! - Classifiers: [`classification`], [`calibration`]
//! - Ranked lists: [`ranking`], [`next_item`]; items of equal score count in expectation over their orders
//! - Embeddings: [`retrieval`]
//! - Generated samples beside real ones: [`samples`]
//!
//! Every metric's documentation names its source, which direction is better, and where it is undefined.

pub mod bootstrap;
pub mod calibration;
pub mod classification;
pub mod jackknife;
pub mod next_item;
mod predictions;
pub mod random;
pub mod ranking;
pub mod retrieval;
pub mod samples;
pub mod student_t;

pub use bootstrap::{Estimate, Estimates};
