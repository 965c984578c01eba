//! Requests to the engine and its answers, as plain data (camelCase in JavaScript).

use serde::{Deserialize, Serialize};

use crate::{event::InteractionKind, group::Group};

/// Options of a re-ranking request. The items are a separate argument.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct RerankOptions {
    /// The search query; absent on a category page.
    pub query: Option<String>,
    /// Return only this many items, best first.
    pub top_n: Option<usize>,
    /// Largest distance, in positions, of an item from its position in the shop's order.
    pub max_displacement: Option<usize>,
    /// Ignore the visitor's session.
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub ignore_session: bool,
}

/// One group's contribution to an item's score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Reason {
    /// The group.
    pub group: Group,
    /// Its contribution minus the mean over the list, in units of the raw score. Positive: it moves the item up.
    pub contribution: f32,
}

/// One re-ranked item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Ranked {
    /// Index into the request's items.
    pub index: u32,
    /// The item's identifier.
    pub id: String,
    /// Calibrated score: the expected grade for graded data, a probability for clicks.
    pub relevance_score: f32,
    /// Every group of the ranker, largest absolute contribution first. Their sum is the item's raw score minus the mean of the list.
    pub reasons: Vec<Reason>,
}

/// An event of the visitor, as the page reports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct TrackedEvent {
    /// Kind of interaction.
    #[serde(rename = "type")]
    pub kind: InteractionKind,
    /// Identifier of the item.
    pub item_id: String,
    /// Time in milliseconds since 1970; the current time if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_ms: Option<f64>,
}
