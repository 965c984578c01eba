//! The feature specification: a bundle carries one, and its columns must equal those of this code.

use std::collections::BTreeMap;

use windowshop_schema::{
    Group,
    manifest::{FeatureSpec, Standardisation},
};

use crate::{context, groups};

/// Column names of a group, in order.
pub fn columns(group: Group) -> Vec<String> {
    groups::definition(group).columns.iter().map(|name| (*name).to_owned()).collect()
}

/// The specification of this version of the code, with the given statistics.
pub fn spec(standardisation: BTreeMap<String, Standardisation>) -> FeatureSpec {
    FeatureSpec {
        context: context::names(),
        columns: Group::ALL.iter().map(|g| (g.name().to_owned(), columns(*g))).collect(),
        standardisation,
    }
}
