//! The feature groups, one file each.

pub mod intent;
pub mod item_quality;
pub mod query_match;
pub mod reviews;
pub mod session;
pub mod shop_order;
pub mod visual;

use windowshop_schema::Group;

use crate::group::FeatureGroup;

/// The definition of a group.
pub fn definition(group: Group) -> &'static FeatureGroup {
    match group {
        Group::QueryMatch => &query_match::GROUP,
        Group::Session => &session::GROUP,
        Group::ItemQuality => &item_quality::GROUP,
        Group::Reviews => &reviews::GROUP,
        Group::Visual => &visual::GROUP,
        Group::ShopOrder => &shop_order::GROUP,
        Group::Intent => &intent::GROUP,
    }
}
