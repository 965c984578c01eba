//! The feature groups whose contributions add up to a score.

use serde::{Deserialize, Serialize};

use crate::network::NetworkKind;

/// A feature group. A score is exactly the query term plus the contributions of the groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Group {
    /// How well the item's text matches the query.
    QueryMatch,
    /// How well the item fits the visitor's session.
    Session,
    /// Item quality for all visitors: popularity, rates, star rating, price.
    ItemQuality,
    /// Ratings, sentiment and reliability of the item's reviews.
    Reviews,
    /// Similarity of the item's image to those of the session's items.
    Visual,
    /// The item's position in the shop's order.
    ShopOrder,
    /// Interaction of the visit's purchase intent with the item's price, popularity, rating and purchase rate.
    Intent,
}

impl Group {
    /// Every group, in the order of all per-group arrays. New groups go last: the ranker draws its random weights in this order.
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

    /// The network whose output the group reads. A bundle with the group must have it.
    pub fn network(self) -> Option<NetworkKind> {
        match self {
            Group::Intent => Some(NetworkKind::Intent),
            Group::QueryMatch
            | Group::Session
            | Group::ItemQuality
            | Group::Reviews
            | Group::Visual
            | Group::ShopOrder => None,
        }
    }

    /// The name in results, manifests and weight files.
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
