//! Everything about the generator of pictures on the trainer's side.

pub mod expand;
pub mod grid;
pub mod images;
pub mod measure;
pub mod model;
pub mod training;

/// Photos to learn from up to which the discriminator knew them from others after 300 steps.
pub const FEW_LEARNED: usize = 1_000;

/// Photos to evaluate on from which on distances are about the pictures: the distance of photos to photos falls with their number.
pub const FEW_JUDGED: usize = 1_000;
