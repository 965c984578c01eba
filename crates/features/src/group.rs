//! The parts of a feature group: its columns, their extraction, and the shape of the network that reads them.

use windowshop_schema::{RankerConfig, Statistics};

use crate::{
    item::{Items, PreparedItem},
    matrix::Matrix,
    request::ListRequest,
    text_statistics::TextStatistics,
};

/// One feature group. The group's file in [`crate::groups`] defines it.
#[derive(Debug)]
pub struct FeatureGroup {
    /// Column names, in order.
    pub columns: &'static [&'static str],
    /// Computes the columns of a list, `[items, columns]`; NaN where a value is unknown.
    /// `None` where the group is absent: it then contributes exactly 0 to every score.
    pub extract: fn(&ListInput) -> Option<Matrix>,
    /// A number of the list that multiplies every column, if the group has one.
    pub multiplier: Option<Multiplier>,
}

/// What [`FeatureGroup::extract`] reads.
pub struct ListInput<'a> {
    /// The request; a query without words is `None`.
    pub request: ListRequest<'a>,
    /// The items of the list.
    pub items: &'a [&'a PreparedItem],
    /// Every registered item, those of the session included.
    pub registered: &'a Items,
    /// The frozen statistics.
    pub statistics: &'a Statistics,
    /// The frozen word statistics.
    pub text: &'a TextStatistics,
}

/// A number that is constant within a list and multiplies every column of a group. Number and columns are standardised first,
/// so the product is 0 for an average list.
#[derive(Debug)]
pub struct Multiplier {
    /// Name of its statistics in the feature specification.
    pub name: &'static str,
    /// The raw number; NaN where unknown.
    pub value: fn(&ListRequest) -> f32,
}

/// Shape of a group's network: a stack of linear layers with one output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it reads.
    pub input: HeadInput,
    /// Its hidden layers.
    pub hidden: HiddenLayers,
}

/// What a group's network reads of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadInput {
    /// The group's columns.
    Columns,
    /// The columns, the list's context, and the elementwise product of query and item representation.
    Query,
    /// The columns, the elementwise product of session and item representation, and the sum of that product.
    Session,
}

impl HeadInput {
    /// Number of inputs, given the numbers of columns and context features and the length of a representation.
    pub fn width(self, columns: usize, context: usize, repr: usize) -> usize {
        match self {
            HeadInput::Columns => columns,
            HeadInput::Query => columns + context + repr,
            HeadInput::Session => columns + repr + 1,
        }
    }
}

/// Hidden layers of a group's network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenLayers {
    /// Two layers of [`RankerConfig::hidden_dim`] units.
    Two,
    /// One layer of [`RankerConfig::session_dim`] units over this divisor.
    One(usize),
}

impl HiddenLayers {
    /// Units of each hidden layer.
    pub fn widths(self, config: &RankerConfig) -> Vec<usize> {
        match self {
            HiddenLayers::Two => vec![config.hidden_dim; 2],
            HiddenLayers::One(divisor) => vec![config.session_dim / divisor],
        }
    }
}
