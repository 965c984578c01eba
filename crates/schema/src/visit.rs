//! How a visitor's events become the intent network's row; frozen at training.

use serde::{Deserialize, Serialize};

/// Version of the columns of a visit. Any change of a column's meaning, or of where visits are split, increments it.
pub const VISIT_VERSION: u32 = 1;

/// Parameters of the columns of a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitSpec {
    /// [`VISIT_VERSION`] of the writer. A network of another version is rejected.
    pub version: u32,
    /// A new visit begins after a pause longer than this.
    pub session_gap_minutes: f64,
    /// A repeated event of one kind with one item within this time is a double click and is dropped, in training and in use.
    pub double_click_s: f64,
    /// Mean price of the shop's items; prices are divided by it. `None` where no price is known.
    pub mean_price: Option<f32>,
    /// Category names by index, for the items in the network's file; empty where it has no items.
    pub categories: Vec<String>,
}
