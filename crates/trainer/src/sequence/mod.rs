//! Everything about the next item of a session on the trainer's side.

pub mod baselines;
pub mod blend;
pub mod corpus;
pub mod learner;
pub mod model;
pub mod neighbours;
pub mod ranking;
pub mod spectral;
