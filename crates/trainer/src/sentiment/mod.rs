//! The sentiment network: its corpus, objective and file.

pub mod corpus;
pub mod learner;
pub mod model;
pub mod noise;
