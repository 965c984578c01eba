//! What a dataset says about items and pairs of items.

use crate::error::IngestError;
use crate::parquet::Rows;

/// What the histories say about an item. No label of any list is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ItemStatistics {
    /// Things done with it, cancellations aside.
    pub interactions: u32,
    /// ln(1 + interactions), divided by that of the most popular item: 0 to 1.
    pub popularity: f32,
}

/// How often an item was shown and what came of it, over some of the lists. Only event logs know impressions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ListStatistics {
    /// Times shown.
    pub impressions: u32,
    /// Times shown and at least clicked.
    pub clicks: u32,
    /// Times shown and at least put into the cart.
    pub carts: u32,
    /// Times shown and bought.
    pub purchases: u32,
}

/// `to` was seen up to ten steps after `from`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// Row of the earlier item.
    pub from: u32,
    /// Row of the later item.
    pub to: u32,
    /// The sum of 1/gap over the occurrences, gap 1 to 10.
    pub weight: f32,
    /// Number of occurrences.
    pub count: u32,
}

/// Two items were in the same history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cooccurrence {
    /// Row of one item, the smaller.
    pub a: u32,
    /// Row of the other.
    pub b: u32,
    /// Number of histories.
    pub count: u32,
}

impl ItemStatistics {
    pub(crate) fn read(rows: &Rows) -> Result<Vec<Self>, IngestError> {
        let (interactions, popularity) = (rows.numbers("interactions")?, rows.floats("popularity")?);
        Ok((0..rows.len())
            .map(|i| Self { interactions: interactions.value(i), popularity: popularity.value(i) })
            .collect())
    }
}
