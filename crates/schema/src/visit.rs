//! How what a visitor did becomes what a network reads; frozen at training.

use serde::{Deserialize, Serialize};

/// The columns of a visit that this code computes. Any change of what a column means, or of when a visit begins, raises it.
pub const VISIT_VERSION: u32 = 1;

/// What is frozen of a network that reads visits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitSpec {
    /// [`VISIT_VERSION`] of the writer. A network of another version is refused: its columns would mean something else.
    pub version: u32,
    /// A pause longer than this begins a new visit.
    pub session_gap_minutes: f64,
    /// The same with the same item again within this time is an accident, which a log was cleaned of.
    pub double_click_s: f64,
    /// Mean price of the shop's items, which prices are told as shares of; none where no price is known.
    pub mean_price: Option<f32>,
    /// Categories of the items that the network's file carries, by number; empty where it carries none.
    pub categories: Vec<String>,
}
