//! The intent network: its rows, objective and file.

pub mod item_index;
pub mod learner;
pub mod model;
pub mod rows;
pub mod source;
pub mod visits;
