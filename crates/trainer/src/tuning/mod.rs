//! The search for training settings: the search space and successive halving.

pub mod halving;
pub mod space;
