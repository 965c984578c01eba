//! What a shop's logs say about behaviour.
//!
//! - [`clicks`]: click models, fitted by EM: how much of a click is the item's doing, how much its position's.
//! - [`off_policy`]: what another order or policy would have earned, from a log with propensities.
//! - [`simulate`]: simulated visitors, fitted to simple statistics of a log.
//!
//! Plain structs in, plain structs out: no tensors, no data engine. Draws are counter-based and sums are made in one order, so results
//! are the same bits whatever the number of threads.

pub mod clicks;
pub mod error;
pub mod off_policy;
pub mod simulate;
mod table;

pub use error::BehaviourError;
pub use table::Rows;
pub use windowshop_metrics::Estimate;
