//! Behaviour events, one JSON object a line, in metarank's shape.

use serde::{Deserialize, Serialize};

/// What a visitor did with an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum InteractionKind {
    /// Opened the product.
    Click,
    /// Put it into the cart.
    Cart,
    /// Paid for it.
    Purchase,
    /// Cancelled or returned it.
    Cancel,
}

impl InteractionKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [InteractionKind; 4] =
        [InteractionKind::Click, InteractionKind::Cart, InteractionKind::Purchase, InteractionKind::Cancel];

    /// How much an event says about taste, in clicks. A cancellation takes a purchase back.
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
    /// The first stage's own relevance, if it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevancy: Option<f32>,
}

/// One line of an event log. Field names are metarank's; `id` is unique, `timestamp` is milliseconds since 1970.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Product facts as of `timestamp`.
    Item {
        id: String,
        timestamp: String,
        item: String,
        #[serde(default)]
        fields: Vec<Field>,
    },
    /// Visitor facts.
    User {
        id: String,
        timestamp: String,
        user: String,
        #[serde(default)]
        fields: Vec<Field>,
    },
    /// An impression list: what was shown, best position first.
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
    /// A reaction, to an item of an impression list or outside any.
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
