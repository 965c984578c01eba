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
    /// How the item does with everybody: popularity, rates, price.
    ItemQuality,
    /// What buyers wrote about the item, and how far that can be believed.
    Reviews,
    /// How the item looks beside what the visitor liked.
    Visual,
    /// Where the shop itself put the item.
    ShopOrder,
    /// What suits a visit that is so likely to end in a purchase.
    Intent,
}

impl Group {
    /// Every group, in the order of all per-group arrays.
    pub const ALL: [Group; 7] = [
        Group::QueryMatch,
        Group::Session,
        Group::ItemQuality,
        Group::Reviews,
        Group::Visual,
        Group::ShopOrder,
        Group::Intent,
    ];
    /// Number of groups.
    pub const COUNT: usize = Self::ALL.len();

    /// The name used in results, manifests and tensors.
    pub fn name(self) -> &'static str {
        match self {
            Group::QueryMatch => "query_match",
            Group::Session => "session",
            Group::ItemQuality => "item_quality",
            Group::Reviews => "reviews",
            Group::Visual => "visual",
            Group::ShopOrder => "shop_order",
            Group::Intent => "intent",
        }
    }
}
