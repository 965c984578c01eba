//! The feature groups, one file each.

pub mod intent;
pub mod item_quality;
pub mod query_match;
pub mod reviews;
pub mod session;
pub mod shop_order;
pub mod visual;

use windowshop_schema::Group;

use crate::group::{FeatureGroup, Head};

/// One line per group. Definition and head are two functions, so that a program that only needs the heads, such as the ranker on
/// WebGPU, does not contain the extraction of features.
macro_rules! groups {
    ($($group:ident $file:ident)+) => {
        /// The definition of a group.
        pub fn definition(group: Group) -> &'static FeatureGroup {
            match group {
                $(Group::$group => &$file::GROUP,)+
            }
        }

        /// The shape of a group's network.
        pub fn head(group: Group) -> Head {
            match group {
                $(Group::$group => $file::HEAD,)+
            }
        }
    };
}

groups! {
    QueryMatch query_match
    Session session
    ItemQuality item_quality
    Reviews reviews
    Visual visual
    ShopOrder shop_order
    Intent intent
}
