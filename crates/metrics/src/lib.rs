//! Statistics on plain slices: no tensors, no data engine.
//!
//! - [`bootstrap`], [`jackknife`], [`student_t`]: 95 % intervals and p values
//! - [`classification`], [`calibration`]: classifiers
//! - [`ranking`], [`next_item`]: ranked lists; items of equal score count in expectation over their orders
//! - [`retrieval`]: embeddings
//! - [`samples`]: generated samples against real ones
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
