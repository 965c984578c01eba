//! What a page asks the engine and what it gets back, as plain data (camelCase on the JavaScript side).

use serde::{Deserialize, Serialize};

use crate::{event::InteractionKind, group::Group};

/// Options of one re-ranking request. The items travel beside it, as handles.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct RerankOptions {
    /// What the visitor typed; absent on a category page.
    pub query: Option<String>,
    /// Return only the best so many.
    pub top_n: Option<usize>,
    /// No item moves further than this from where the shop put it.
    pub max_displacement: Option<usize>,
    /// Leave the visitor's session out of this request.
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub ignore_session: bool,
}

/// One group's share of an item's score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Reason {
    /// Which group.
    pub group: Group,
    /// Its contribution, in units of the score, above the mean of the list: what lifted or sank the item here.
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
    /// Calibrated: the expected grade for graded data, a probability for clicks.
    pub relevance_score: f32,
    /// Every group the bundle knows, largest absolute contribution first.
    pub reasons: Vec<Reason>,
}

/// Something the visitor did, as the page reports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct TrackedEvent {
    /// What was done.
    #[serde(rename = "type")]
    pub kind: InteractionKind,
    /// With which item.
    pub item_id: String,
    /// When, in milliseconds since 1970; the page's clock when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_ms: Option<f64>,
}
