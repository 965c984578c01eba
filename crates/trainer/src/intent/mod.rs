//! Everything about the intent network on the trainer's side.

pub mod learner;
pub mod model;
pub mod rows;
