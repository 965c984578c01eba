//! Everything about the generator of pictures on the trainer's side.

pub mod grid;
pub mod model;
pub mod pictures;
pub mod training;
