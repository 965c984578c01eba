//! What a shop's behaviour log says about items and pairs of items, as plain arrays.

use std::collections::BTreeMap;

/// A sparse relation between items, compressed by row (CSR). A relation without direction holds each pair once, in the row
/// of the smaller item number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbours {
    /// `offsets[i]..offsets[i + 1]` are the entries of item `i`; length items + 1.
    pub offsets: Vec<u32>,
    /// Neighbour items, rising within a row.
    pub items: Vec<u32>,
    /// Weight of each entry, above zero.
    pub weights: Vec<f32>,
}

impl Neighbours {
    /// The neighbours of `item` and their weights; nothing for an item that is not in the table.
    pub fn row(&self, item: u32) -> (&[u32], &[f32]) {
        let item = item as usize;
        if item + 1 >= self.offsets.len() {
            return (&[], &[]);
        }
        let range = self.offsets[item] as usize..self.offsets[item + 1] as usize;
        (&self.items[range.clone()], &self.weights[range])
    }

    /// The weight of one pair, zero where there is none.
    pub fn weight(&self, from: u32, to: u32) -> f32 {
        let (items, weights) = self.row(from);
        items.binary_search(&to).map_or(0.0, |at| weights[at])
    }

    /// Builds the table from rows in any order.
    pub fn from_rows(rows: Vec<Vec<(u32, f32)>>) -> Self {
        let mut table = Neighbours { offsets: vec![0], ..Default::default() };
        for mut row in rows {
            row.sort_by_key(|(item, _)| *item);
            for (item, weight) in row {
                table.items.push(item);
                table.weights.push(weight);
            }
            table.offsets.push(table.items.len() as u32);
        }
        table
    }
}

/// Vectors of one length, one a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vectors {
    /// Length of each vector.
    pub dim: usize,
    /// Row-major values, rows × dim.
    pub values: Vec<f32>,
}

impl Vectors {
    /// The vector of a row, if there is one.
    pub fn row(&self, row: usize) -> Option<&[f32]> {
        self.values.get(row * self.dim..(row + 1) * self.dim).filter(|v| !v.is_empty())
    }
}

/// Everything frozen at training that features are computed from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Item identifiers by row.
    pub ids: Vec<String>,
    /// Titles by row, so that a visitor's history has text even where the page did not register the item.
    pub titles: Vec<String>,
    /// Per-item signals by name, one value a row; NaN where unknown.
    pub signals: BTreeMap<String, Vec<f32>>,
    /// Relations between items by name.
    pub neighbours: BTreeMap<String, Neighbours>,
    /// Item vectors learned from who was bought with whom; empty where there were no histories.
    pub item_vectors: Vectors,
    /// Looks of the items' photos, their colour descriptors or what an image network made of them, all zero for an item
    /// without one; empty where there is none. So a page need not send what the trainer knew, nor fetch an image network, and
    /// a visitor's history has looks as it has titles.
    pub image_embeddings: Vectors,
    /// Frozen text statistics by name, such as inverse document frequencies by bucket.
    pub text: BTreeMap<String, Vec<f32>>,
}

impl Statistics {
    /// A signal of the item in `row`; NaN where the item or the signal is not known.
    pub fn signal(&self, name: &str, row: Option<u32>) -> f32 {
        row.and_then(|row| self.signals.get(name)?.get(row as usize).copied()).unwrap_or(f32::NAN)
    }
}
