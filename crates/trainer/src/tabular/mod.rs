//! A generator of synthetic table rows: a conditional variational autoencoder with a discriminator.
//!
//! ```text
//! cells -> codes (one of a few for each cell) -> generator <-> discriminator -> codes -> cells
//! ```

pub mod codes;
pub mod expand;
pub mod fidelity;
pub mod learner;
pub mod model;
