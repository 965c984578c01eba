//! Titles as weighted character 4-grams, for the likeness of two items: platform, franchise and brand show in it.

use std::collections::HashMap;

use windowshop_schema::Statistics;

use crate::{
    hash::{bucket, hash},
    text::PreparedText,
};

/// Name of the inverse document frequencies among a bundle's text tables.
pub const TABLE: &str = "title_grams";
const BUCKETS: usize = 1 << 14;
const LENGTH: usize = 4;
const SEED: u64 = 21;

/// A unit vector over gram buckets, sorted by bucket.
pub type GramVector = Vec<(u32, f32)>;

/// ln((N + 1) / (df + ½)) by bucket, frozen at training.
#[derive(Clone, Debug, PartialEq)]
pub struct GramWeights(Vec<f32>);

impl GramWeights {
    /// Counts titles.
    pub fn fit<'a>(titles: impl IntoIterator<Item = &'a PreparedText>) -> Self {
        let mut df = vec![0u32; BUCKETS];
        let mut count = 0u32;
        for title in titles {
            count += 1;
            for bucket in counts(title).into_keys() {
                df[bucket as usize] += 1;
            }
        }
        Self(df.iter().map(|&df| ((count as f32 + 1.0) / (df as f32 + 0.5)).ln()).collect())
    }

    /// The table a bundle carries, or equal weights.
    pub fn from_statistics(statistics: &Statistics) -> Self {
        match statistics.text.get(TABLE) {
            Some(table) if table.len() == BUCKETS => Self(table.clone()),
            _ => Self(vec![1.0; BUCKETS]),
        }
    }

    /// The numbers, for a bundle.
    pub fn table(&self) -> &[f32] {
        &self.0
    }

    /// (1 + ln tf) · idf, scaled to length 1.
    pub fn vector(&self, title: &PreparedText) -> GramVector {
        let weight = |(bucket, count): (u32, u32)| (bucket, (1.0 + (count as f32).ln()) * self.0[bucket as usize]);
        let mut vector: GramVector = counts(title).into_iter().map(weight).collect();
        vector.sort_unstable_by_key(|(bucket, _)| *bucket);
        let norm = vector.iter().map(|(_, w)| w * w).sum::<f32>().sqrt().max(1e-9);
        vector.iter_mut().for_each(|(_, w)| *w /= norm);
        vector
    }
}

fn counts(title: &PreparedText) -> HashMap<u32, u32> {
    let padded: Vec<char> = std::iter::once(' ').chain(title.normal.chars()).chain(std::iter::once(' ')).collect();
    let mut counts = HashMap::new();
    for window in padded.windows(LENGTH.min(padded.len())) {
        let gram = String::from_iter(window);
        *counts.entry(bucket(hash(SEED, gram.as_bytes()), BUCKETS)).or_default() += 1;
    }
    counts
}

/// Cosine of two unit vectors.
pub fn cosine(a: &GramVector, b: &GramVector) -> f32 {
    let (mut i, mut j, mut dot) = (0, 0, 0.0);
    while i < a.len() && j < b.len() {
        match a[i].0.cmp(&b[j].0) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                dot += a[i].1 * b[j].1;
                i += 1;
                j += 1;
            }
        }
    }
    dot
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_franchise_is_nearer_than_another() {
        let titles = ["Fire Emblem: The Sacred Stones", "Fire Emblem: Path of Radiance", "FIFA Soccer 07"]
            .map(PreparedText::new);
        let weights = GramWeights::fit(&titles);
        let [a, b, c] = titles.map(|t| weights.vector(&t));
        assert!(cosine(&a, &b) > 3.0 * cosine(&a, &c));
        assert!((cosine(&a, &a) - 1.0).abs() < 1e-5);
    }
}
