//! The search for training settings: what is searched, and which trials go on.

pub mod halving;
pub mod space;
