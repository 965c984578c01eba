//! Everything about the intent network on the trainer's side.

pub mod item_index;
pub mod learner;
pub mod model;
pub mod rows;
pub mod source;
pub mod visits;
