//! Statistics of items and pairs of items.

use crate::error::IngestError;
use crate::parquet::Rows;

/// Statistics of an item from the histories, without the labels of lists.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ItemStatistics {
    /// Interactions, without cancellations.
    pub interactions: u32,
    /// ln(1 + interactions) relative to the most popular item, 0 to 1.
    pub popularity: f32,
}

/// Impressions of an item and their interactions in some lists of an event log.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ListStatistics {
    /// Impressions.
    pub impressions: u32,
    /// Impressions with at least a click.
    pub clicks: u32,
    /// Impressions with at least a cart event.
    pub carts: u32,
    /// Impressions with a purchase.
    pub purchases: u32,
}

/// A pair of items, `to` up to ten steps after `from`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// Index of the earlier item.
    pub from: u32,
    /// Index of the later item.
    pub to: u32,
    /// Sum of 1/gap over the occurrences, gap 1 to 10.
    pub weight: f32,
    /// Number of occurrences.
    pub count: u32,
}

/// A pair of items in the same histories.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cooccurrence {
    /// The smaller item index.
    pub a: u32,
    /// The larger item index.
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
