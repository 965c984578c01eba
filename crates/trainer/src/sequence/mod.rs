//! The sequence network: its sessions, objective, baselines and file.

pub mod baselines;
pub mod blend;
pub mod corpus;
pub mod learner;
pub mod model;
pub mod neighbours;
pub mod ranking;
pub mod spectral;
