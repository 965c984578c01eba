//! A list to compute features for.

use windowshop_schema::{InteractionKind, dims::MAX_SESSION_EVENTS};

use crate::text::PreparedText;

/// One event of the visitor's session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SessionEvent {
    /// Handle of the item.
    pub item: u32,
    /// Kind of interaction.
    pub kind: InteractionKind,
    /// Age in seconds, where known.
    pub age_s: Option<f32>,
}

/// A list of items with its query and session.
#[derive(Clone, Copy, Debug)]
pub struct ListRequest<'a> {
    /// The analysed query, if there is one.
    pub query: Option<&'a PreparedText>,
    /// Handles of the items in the shop's order.
    pub items: &'a [u32],
    /// Earlier events of the visitor, oldest first.
    pub session: &'a [SessionEvent],
    /// True if the order of `items` is the shop's ranking and not arbitrary.
    pub shop_order: bool,
    /// Probability that the visit ends in a purchase, 0 to 1, where known.
    pub intent: Option<f32>,
}

impl ListRequest<'_> {
    /// The request with only the most recent [`MAX_SESSION_EVENTS`] events of its session.
    pub(crate) fn recent(self) -> Self {
        Self { session: &self.session[self.session.len().saturating_sub(MAX_SESSION_EVENTS)..], ..self }
    }
}
