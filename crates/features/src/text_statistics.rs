//! Word statistics of titles and queries, frozen at training: inverse document frequency, counts as head word, and word vectors.

mod word_vectors;

use std::collections::{BTreeMap, HashMap, HashSet};

use windowshop_schema::Statistics;

use crate::{
    error::MalformedTable,
    hash::hash,
    text::{PreparedText, Word},
};
use word_vectors::DIM;

/// Names of the text tables. The rows of the first four are words; the most frequent content words come first, and only they
/// have vectors.
const KEYS: &str = "word_keys";
const IDF: &str = "word_idf";
const HEADS: &str = "word_heads";
const VECTORS: &str = "word_vectors";
/// `[2]`: idf of an unknown word, mean number of words of a title.
const SCALARS: &str = "word_scalars";

/// Largest number of words.
const MAX_WORDS: usize = 8_192;
/// Largest number of words with a vector, which bounds the size of the bundle.
const MAX_VECTORS: usize = 4_096;
/// Rarer words are dropped: a rare word must be as unknown in training as in use.
const SMALLEST_COUNT: u32 = 2;
/// Bits of one part of a key. Half precision holds 11 bits exactly.
const KEY_BITS: u32 = 11;
const KEY_PARTS: usize = 3;
const TITLE: u64 = 31;

/// Frozen word statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct TextStatistics {
    /// Key and row, sorted by key.
    index: Vec<(u64, u32)>,
    keys: Vec<u64>,
    idf: Vec<f32>,
    heads: Vec<f32>,
    vectors: Vec<f32>,
    unknown_idf: f32,
    mean_words: f32,
}

impl Default for TextStatistics {
    /// Every word has idf 1 and no vector.
    fn default() -> Self {
        Self {
            index: Vec::new(),
            keys: Vec::new(),
            idf: Vec::new(),
            heads: Vec::new(),
            vectors: Vec::new(),
            unknown_idf: 1.0,
            mean_words: 10.0,
        }
    }
}

fn key(stem: u64) -> u64 {
    stem >> (u64::BITS - KEY_BITS * KEY_PARTS as u32)
}

#[derive(Clone, Copy, Default)]
struct Counts {
    titles: u32,
    heads: u32,
    queries: u32,
    content: bool,
}

impl TextStatistics {
    /// Fits the statistics on titles, each distinct title once. Queries only decide which words to
    /// keep when there are more than the limit; labels are not used.
    pub fn fit<'a>(
        titles: impl IntoIterator<Item = &'a PreparedText>,
        queries: impl IntoIterator<Item = &'a PreparedText>,
    ) -> Self {
        let mut seen = HashSet::new();
        let titles: Vec<&PreparedText> =
            titles.into_iter().filter(|title| seen.insert(hash(TITLE, title.normal.as_bytes()))).collect();
        if titles.is_empty() {
            return Self::default();
        }
        let mut counts: HashMap<u64, Counts> = HashMap::new();
        for title in &titles {
            for word in distinct(title) {
                let count = counts.entry(key(word.stem)).or_default();
                count.titles += 1;
                count.content = word.is_content();
            }
            if let Some(head) = title.head() {
                counts.entry(key(title.words[head].stem)).or_default().heads += 1;
            }
        }
        counts.retain(|_, count| count.titles >= SMALLEST_COUNT);
        for word in queries.into_iter().flat_map(distinct) {
            if let Some(count) = counts.get_mut(&key(word.stem)) {
                count.queries += 1;
            }
        }
        let known = titles.len() as f32 + 1.0;
        let mut words: Vec<(u64, Counts)> = counts.into_iter().collect();
        let frequency = |count: &Counts| count.titles + count.queries;
        words.sort_unstable_by_key(|(key, count)| (std::cmp::Reverse(frequency(count)), *key));
        words.truncate(MAX_WORDS);
        words.sort_by_key(|(_, count)| !count.content);
        let with_vector = words.iter().filter(|(_, count)| count.content).count().min(MAX_VECTORS);
        let keys: Vec<u64> = words.iter().map(|(key, _)| *key).collect();
        let mut out = Self {
            index: index(&keys),
            idf: words.iter().map(|(_, count)| (known / (count.titles as f32 + 1.0)).ln()).collect(),
            heads: words.iter().map(|(_, count)| head_weight(count.heads)).collect(),
            vectors: Vec::new(),
            unknown_idf: known.ln(),
            mean_words: titles.iter().map(|title| title.words.len()).sum::<usize>() as f32 / titles.len() as f32,
            keys,
        };
        let row = |word: &&Word| out.row(word.stem).filter(|row| *row < with_vector).map(|row| row as u32);
        let texts: Vec<Vec<u32>> =
            titles.iter().map(|title| distinct(title).iter().filter_map(row).collect()).collect();
        out.vectors = word_vectors::fit(&out.keys[..with_vector], &texts);
        out
    }

    /// The word statistics of a bundle. Where they have none of the tables, every word has the same idf and no vector.
    ///
    /// # Errors
    /// [`MalformedTable`] for tables whose lengths do not fit each other.
    pub fn from_statistics(statistics: &Statistics) -> Result<Self, MalformedTable> {
        if ![KEYS, IDF, HEADS, VECTORS, SCALARS].iter().any(|name| statistics.text.contains_key(*name)) {
            return Ok(Self::default());
        }
        let table = |name: &str| statistics.text.get(name).map_or(&[][..], Vec::as_slice);
        let (parts, idf, heads, vectors) = (table(KEYS), table(IDF), table(HEADS), table(VECTORS));
        let &[unknown_idf, mean_words] = table(SCALARS) else {
            return Err(MalformedTable { table: SCALARS, found: table(SCALARS).len(), expected: 2 });
        };
        MalformedTable::check(KEYS, parts.len(), idf.len() * KEY_PARTS)?;
        MalformedTable::check(HEADS, heads.len(), idf.len())?;
        MalformedTable::check(VECTORS, vectors.len(), (vectors.len() / DIM).min(idf.len()) * DIM)?;
        let join = |parts: &[f32]| parts.iter().fold(0, |key, part| (key << KEY_BITS) | part.max(0.0) as u64);
        let keys: Vec<u64> = parts.chunks_exact(KEY_PARTS).map(join).collect();
        Ok(Self {
            index: index(&keys),
            keys,
            idf: idf.to_vec(),
            heads: heads.to_vec(),
            vectors: vectors.to_vec(),
            unknown_idf,
            mean_words,
        })
    }

    /// The tables for a bundle. Half precision suffices.
    pub fn to_tables(&self) -> BTreeMap<String, Vec<f32>> {
        let part = |key: u64, k: usize| (key >> (KEY_BITS * (KEY_PARTS - 1 - k) as u32)) & ((1 << KEY_BITS) - 1);
        let parts = self.keys.iter().flat_map(|&key| (0..KEY_PARTS).map(move |k| part(key, k) as f32));
        BTreeMap::from([
            (KEYS.to_owned(), parts.collect()),
            (IDF.to_owned(), self.idf.clone()),
            (HEADS.to_owned(), self.heads.clone()),
            (VECTORS.to_owned(), self.vectors.clone()),
            (SCALARS.to_owned(), vec![self.unknown_idf, self.mean_words]),
        ])
    }

    /// Unit vector of a text, `[vector_dim]`: the idf-weighted sum of its words' vectors, normalised; zero where no word is known.
    pub fn vector(&self, text: &PreparedText) -> Vec<f32> {
        let mut sum = vec![0.0; DIM];
        for word in &text.words {
            let row = self.row(word.stem);
            if let Some(vector) = self.word_vector(row) {
                let idf = self.idf(row);
                sum.iter_mut().zip(vector).for_each(|(s, v)| *s += idf * v);
            }
        }
        let norm = sum.iter().map(|v| v * v).sum::<f32>().sqrt() + 1e-9;
        sum.iter_mut().for_each(|v| *v /= norm);
        sum
    }

    /// Length of [`Self::vector`].
    pub fn vector_dim(&self) -> usize {
        DIM
    }

    /// The row of a word, if it is known.
    pub(crate) fn row(&self, stem: u64) -> Option<usize> {
        let key = key(stem);
        self.index.binary_search_by_key(&key, |entry| entry.0).ok().map(|at| self.index[at].1 as usize)
    }

    /// ln((N + 1) / (df + 1)) over titles.
    pub(crate) fn idf(&self, row: Option<usize>) -> f32 {
        row.map_or(self.unknown_idf, |row| self.idf[row])
    }

    /// ln(1 + number of titles whose head word it is).
    pub(crate) fn head(&self, row: Option<usize>) -> f32 {
        row.map_or(0.0, |row| self.heads[row])
    }

    /// The unit vector of a word.
    pub(crate) fn word_vector(&self, row: Option<usize>) -> Option<&[f32]> {
        row.and_then(|row| self.vectors.get(row * DIM..(row + 1) * DIM))
    }

    /// Mean number of words of a title, above zero.
    pub(crate) fn mean_words(&self) -> f32 {
        self.mean_words.max(1.0)
    }
}

fn head_weight(count: u32) -> f32 {
    if count < SMALLEST_COUNT { 0.0 } else { (count as f32).ln_1p() }
}

fn index(keys: &[u64]) -> Vec<(u64, u32)> {
    let mut index: Vec<(u64, u32)> = keys.iter().enumerate().map(|(row, key)| (*key, row as u32)).collect();
    index.sort_unstable();
    index
}

fn distinct(text: &PreparedText) -> Vec<&Word> {
    let mut words: Vec<&Word> = text.words.iter().collect();
    words.sort_unstable_by_key(|word| word.stem);
    words.dedup_by_key(|word| word.stem);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted() -> TextStatistics {
        let titles = ["red hose", "blue hose", "red drill 12 volt", "blue drill 12 volt", "red hose"];
        let titles = titles.map(PreparedText::new);
        TextStatistics::fit(&titles, [])
    }

    fn idf(statistics: &TextStatistics, word: &str) -> f32 {
        statistics.idf(statistics.row(PreparedText::new(word).words[0].stem))
    }

    #[test]
    fn a_title_counts_once_and_rare_words_are_unknown() {
        let statistics = fitted();
        assert!((idf(&statistics, "drills") - (5.0f32 / 3.0).ln()).abs() < 1e-6);
        assert!((idf(&statistics, "umbrella") - 5.0f32.ln()).abs() < 1e-6);
    }

    #[test]
    fn tables_round_trip() {
        let statistics = fitted();
        let bundle = Statistics { text: statistics.to_tables(), ..Default::default() };
        assert_eq!(TextStatistics::from_statistics(&bundle), Ok(statistics));
        assert!(bundle.text[KEYS].iter().all(|part| *part < 2048.0 && part.fract() == 0.0));
    }

    #[test]
    fn tables_that_do_not_fit_each_other_are_errors() {
        let malformed = |change: fn(&mut BTreeMap<String, Vec<f32>>)| {
            let mut text = fitted().to_tables();
            change(&mut text);
            TextStatistics::from_statistics(&Statistics { text, ..Default::default() }).unwrap_err().table
        };
        assert_eq!(malformed(|text| text.get_mut(KEYS).unwrap().truncate(1)), KEYS);
        assert_eq!(malformed(|text| text.get_mut(HEADS).unwrap().push(0.0)), HEADS);
        assert_eq!(malformed(|text| text.get_mut(VECTORS).unwrap().push(0.0)), VECTORS);
        assert_eq!(malformed(|text| text.get_mut(VECTORS).unwrap().resize(100 * DIM, 0.0)), VECTORS);
        assert_eq!(malformed(|text| drop(text.remove(SCALARS))), SCALARS);
        assert_eq!(malformed(|text| drop(text.remove(IDF))), KEYS);
    }

    #[test]
    fn without_tables_every_word_has_the_same_idf_and_no_vector() {
        let flat = TextStatistics::from_statistics(&Statistics::default()).unwrap();
        assert_eq!(idf(&flat, "hose"), idf(&flat, "umbrella"));
        let vector = flat.vector(&PreparedText::new("red hose"));
        assert_eq!((vector.len(), vector.iter().all(|v| *v == 0.0)), (flat.vector_dim(), true));
        assert_eq!(TextStatistics::fit([], []), flat);
    }

    #[test]
    fn a_known_text_has_a_direction_of_length_one() {
        let vector = fitted().vector(&PreparedText::new("red hose"));
        assert!((vector.iter().map(|v| v * v).sum::<f32>() - 1.0).abs() < 1e-4);
    }
}
