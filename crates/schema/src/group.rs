//! The named groups whose contributions add up to a score.

use serde::{Deserialize, Serialize};

/// A named part of a score. The score is the query term plus the sum of the groups, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Group {
    /// How well the item's text answers the query.
    QueryMatch,
    /// How well the item fits what this visitor did.
    Session,
    /// How the item does with everybody: popularity, rates, reviews.
    ItemQuality,
    /// How the item looks beside what the visitor liked.
    Look,
    /// Where the shop itself put the item.
    ShopOrder,
}

impl Group {
    /// Every group, in the order of all per-group arrays.
    pub const ALL: [Group; 5] = [Group::QueryMatch, Group::Session, Group::ItemQuality, Group::Look, Group::ShopOrder];
    /// Number of groups.
    pub const COUNT: usize = Self::ALL.len();

    /// The name used in results, manifests and tensors.
    pub fn name(self) -> &'static str {
        match self {
            Group::QueryMatch => "query_match",
            Group::Session => "session",
            Group::ItemQuality => "item_quality",
            Group::Look => "look",
            Group::ShopOrder => "shop_order",
        }
    }
}
