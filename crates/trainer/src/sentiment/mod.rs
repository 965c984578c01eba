//! Everything about the sentiment network on the trainer's side.

pub mod corpus;
pub mod learner;
pub mod model;
pub mod noise;
