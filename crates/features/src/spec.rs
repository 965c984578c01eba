//! The feature specification a bundle carries and this code must match.

use std::collections::BTreeMap;

use windowshop_schema::{
    Group,
    manifest::{FeatureSpec, Standardisation},
};

use crate::{context, intent, quality, query_match, reviews, session_match, shop_order, visual};

/// Name of the context's statistics, beside the groups' names.
pub const CONTEXT: &str = "context";
/// Name of the statistics of how likely visits were to end in a purchase.
pub const VISIT: &str = "visit";

/// Feature names of a group, in column order.
pub fn columns(group: Group) -> Vec<String> {
    let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
    match group {
        Group::QueryMatch => query_match::names(),
        Group::Session => session_match::names(),
        Group::ItemQuality => owned(&quality::NAMES),
        Group::Reviews => owned(&reviews::NAMES),
        Group::Visual => owned(&visual::NAMES),
        Group::ShopOrder => owned(&shop_order::NAMES),
        Group::Intent => owned(&intent::NAMES),
    }
}

/// The specification of this version of the code, with the given statistics.
pub fn spec(standardisation: BTreeMap<String, Standardisation>) -> FeatureSpec {
    FeatureSpec {
        context: context::names(),
        columns: Group::ALL.iter().map(|g| (g.name().to_owned(), columns(*g))).collect(),
        standardisation,
    }
}
