//! Models of shop visitors' behaviour, fitted to logs.
//!
//! - [`clicks`]: click models, fitted by EM, which separate the attractiveness of an item from the examination of its position.
//! - [`off_policy`]: off-policy evaluation: the value of another ranking policy, from a log with propensities.
//! - [`simulate`]: simulated visitors, fitted to statistics of a log.
//!
//! Plain structs in and out: no tensors, no data engine. Random numbers are counter-based and sums have one order, so results do not depend
//! on the number of threads.

pub mod clicks;
pub mod error;
pub mod off_policy;
pub mod simulate;
mod table;

pub use error::BehaviourError;
pub use table::Rows;
pub use windowshop_metrics::Estimate;
