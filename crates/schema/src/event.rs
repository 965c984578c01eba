//! Behaviour events in metarank's format: one JSON object per line.

use serde::{Deserialize, Serialize};

/// Kind of interaction of a visitor with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum InteractionKind {
    /// The visitor opened the product page.
    Click,
    /// The visitor put the item into the cart.
    Cart,
    /// The visitor bought the item.
    Purchase,
    /// The visitor cancelled the order or returned the item.
    Cancel,
}

impl InteractionKind {
    /// Every kind, in declaration order.
    pub const ALL: [InteractionKind; 4] =
        [InteractionKind::Click, InteractionKind::Cart, InteractionKind::Purchase, InteractionKind::Cancel];

    /// Weight of the event as evidence of preference; a click has 1. A cancellation is negative.
    pub fn weight(self) -> f32 {
        match self {
            InteractionKind::Click => 1.0,
            InteractionKind::Cart => 2.0,
            InteractionKind::Purchase => 3.0,
            InteractionKind::Cancel => -1.0,
        }
    }
}

/// A named value attached to an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Field name.
    pub name: String,
    /// String, number, boolean or list of strings.
    pub value: serde_json::Value,
}

/// One item of an impression list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankedItem {
    /// Item identifier.
    pub id: String,
    /// Relevance score of the first-stage retrieval, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevancy: Option<f32>,
}

/// One line of an event log. Field names are metarank's; `id` is unique, `timestamp` is milliseconds since 1970.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Product data as of `timestamp`.
    Item {
        id: String,
        timestamp: String,
        item: String,
        #[serde(default)]
        fields: Vec<Field>,
    },
    /// Visitor data.
    User {
        id: String,
        timestamp: String,
        user: String,
        #[serde(default)]
        fields: Vec<Field>,
    },
    /// An impression list: the items shown, best position first.
    Ranking {
        id: String,
        timestamp: String,
        #[serde(default)]
        user: Option<String>,
        #[serde(default)]
        session: Option<String>,
        #[serde(default)]
        fields: Vec<Field>,
        items: Vec<RankedItem>,
    },
    /// An interaction, with an item of an impression list or outside any list.
    Interaction {
        id: String,
        timestamp: String,
        #[serde(rename = "type")]
        kind: InteractionKind,
        item: String,
        #[serde(default)]
        ranking: Option<String>,
        #[serde(default)]
        user: Option<String>,
        #[serde(default)]
        session: Option<String>,
        #[serde(default)]
        fields: Vec<Field>,
    },
    /// A review.
    Review {
        id: String,
        timestamp: String,
        item: String,
        #[serde(default)]
        user: Option<String>,
        rating: f32,
        #[serde(default)]
        text: String,
    },
}
