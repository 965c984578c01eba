//! Item and item-pair statistics of a shop, frozen at training, as plain arrays.

use std::collections::BTreeMap;

/// A sparse relation between items as a CSR matrix. An undirected relation has each pair once, in the row of the smaller index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbours {
    /// `offsets[i]..offsets[i + 1]` are the entries of item `i`; length items + 1.
    pub offsets: Vec<u32>,
    /// Neighbour items, ascending within a row.
    pub items: Vec<u32>,
    /// Weight of each entry, above 0.
    pub weights: Vec<f32>,
}

impl Neighbours {
    /// The neighbours of `item` and their weights; empty for an item that is not in the table.
    pub fn row(&self, item: u32) -> (&[u32], &[f32]) {
        let item = item as usize;
        if item + 1 >= self.offsets.len() {
            return (&[], &[]);
        }
        let range = self.offsets[item] as usize..self.offsets[item + 1] as usize;
        (&self.items[range.clone()], &self.weights[range])
    }

    /// The weight of a pair; 0 where there is none.
    pub fn weight(&self, from: u32, to: u32) -> f32 {
        let (items, weights) = self.row(from);
        items.binary_search(&to).map_or(0.0, |at| weights[at])
    }

    /// Builds the table from rows of `(item, weight)`, each in any order.
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

/// A matrix whose rows are vectors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vectors {
    /// Length of each vector.
    pub dim: usize,
    /// Row-major values, `[rows, dim]`.
    pub values: Vec<f32>,
}

impl Vectors {
    /// The vector of a row, if it exists.
    pub fn row(&self, row: usize) -> Option<&[f32]> {
        self.values.get(row * self.dim..(row + 1) * self.dim).filter(|v| !v.is_empty())
    }
}

/// The frozen statistics that features are computed from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Item identifiers by row.
    pub ids: Vec<String>,
    /// Titles by row, for items of a session that the page did not register.
    pub titles: Vec<String>,
    /// Per-item signals by name, one value per row; NaN where unknown.
    pub signals: BTreeMap<String, Vec<f32>>,
    /// Relations between items by name.
    pub neighbours: BTreeMap<String, Neighbours>,
    /// Item vectors learned from co-occurrence; empty where there were no histories.
    pub item_vectors: Vectors,
    /// Image embeddings: colour descriptors or the output of an image network. All zero for an item without one; empty where no
    /// item has one. So a page need not pass them, and items of a session have them too.
    pub image_embeddings: Vectors,
    /// Text statistics by name, such as inverse document frequencies by bucket.
    pub text: BTreeMap<String, Vec<f32>>,
}

impl Statistics {
    /// A signal of all items.
    pub fn signal_column(&self, name: &str) -> Signal<'_> {
        Signal(self.signals.get(name).map_or(&[], Vec::as_slice))
    }

    /// A signal of the item in `row`; NaN where the item or the signal is unknown.
    pub fn signal(&self, name: &str, row: Option<u32>) -> f32 {
        self.signal_column(name).at(row)
    }
}

/// A signal of all items, found once for many look-ups.
#[derive(Clone, Copy, Debug)]
pub struct Signal<'a>(&'a [f32]);

impl Signal<'_> {
    /// Its value for the item in `row`; NaN where unknown.
    pub fn at(self, row: Option<u32>) -> f32 {
        row.and_then(|row| self.0.get(row as usize).copied()).unwrap_or(f32::NAN)
    }
}
