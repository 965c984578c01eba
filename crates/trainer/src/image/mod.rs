//! Everything about the image network on the trainer's side.

pub mod album;
pub mod augment;
pub mod learner;
pub mod looks;
pub mod model;
pub mod prefetch;
pub mod retrieval;
pub mod rows;
pub mod transfer;
