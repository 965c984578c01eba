//! Titles as weighted character 4-grams. Their cosine measures the similarity of two items: it sees platform, franchise and brand.

use std::collections::HashMap;

use windowshop_schema::Statistics;

use crate::{
    error::MalformedTable,
    hash::{bucket, hash},
    text::PreparedText,
};

/// Name of the inverse document frequencies among a bundle's text tables.
pub const TABLE: &str = "title_grams";
const BUCKETS: usize = 1 << 14;
const LENGTH: usize = 4;
const SEED: u64 = 21;

/// A unit vector over n-gram buckets: bucket and value, sorted by bucket.
pub type GramVector = Vec<(u32, f32)>;

/// ln((N + 1) / (df + ½)) by bucket, frozen at training.
#[derive(Clone, Debug, PartialEq)]
pub struct GramWeights(Vec<f32>);

impl GramWeights {
    /// Fits the weights on titles.
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

    /// The weights in a bundle's statistics; equal weights where they have no such table.
    ///
    /// # Errors
    /// [`MalformedTable`] for a table of another length.
    pub fn from_statistics(statistics: &Statistics) -> Result<Self, MalformedTable> {
        let Some(table) = statistics.text.get(TABLE) else { return Ok(Self(vec![1.0; BUCKETS])) };
        MalformedTable::check(TABLE, table.len(), BUCKETS)?;
        Ok(Self(table.clone()))
    }

    /// The weights by bucket, for a bundle.
    pub fn table(&self) -> &[f32] {
        &self.0
    }

    /// (1 + ln tf) · idf by bucket, scaled to length 1.
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
    fn titles_of_one_franchise_are_more_similar_than_others() {
        let titles = ["Fire Emblem: The Sacred Stones", "Fire Emblem: Path of Radiance", "FIFA Soccer 07"]
            .map(PreparedText::new);
        let weights = GramWeights::fit(&titles);
        let [a, b, c] = titles.map(|t| weights.vector(&t));
        assert!(cosine(&a, &b) > 3.0 * cosine(&a, &c));
        assert!((cosine(&a, &a) - 1.0).abs() < 1e-5);
    }
    #[test]
    fn a_table_of_another_length_is_an_error_and_no_table_means_equal_weights() {
        let with = |table: Vec<f32>| Statistics { text: [(TABLE.to_owned(), table)].into(), ..Default::default() };
        let error = GramWeights::from_statistics(&with(vec![1.0; BUCKETS - 1])).unwrap_err();
        assert_eq!(error, MalformedTable { table: TABLE, found: BUCKETS - 1, expected: BUCKETS });
        let equal = GramWeights::from_statistics(&Statistics::default());
        assert_eq!(equal, GramWeights::from_statistics(&with(vec![1.0; BUCKETS])));
    }
}
