//! The distinct words of a list's titles. What depends on a word alone is computed once per list, not once per title.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use super::query::Query;
use crate::{
    text::{PreparedText, similarity},
    text_statistics::TextStatistics,
};

/// Stems are already hashes.
#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        debug_assert!(false, "only u64 keys: {bytes:?}");
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A distinct word.
#[derive(Clone, Debug)]
pub(super) struct ListWord {
    /// Row in the statistics.
    pub row: Option<usize>,
    pub idf: f32,
    /// Neither a number nor a stop word.
    pub is_content: bool,
    /// True for a word of the query.
    pub in_query: bool,
    /// True if it has a word vector.
    pub has_vector: bool,
    /// Largest similarity to a query word.
    pub best: f32,
    /// Number of titles that contain it.
    pub titles: u32,
    /// Number of titles whose head word it is.
    pub heads: u32,
    last_title: usize,
}

/// A word of a title.
#[derive(Clone, Copy, Debug)]
pub(super) struct TitleWord {
    /// Index of the distinct word.
    pub id: usize,
    /// True at its first occurrence in the title.
    pub is_new: bool,
}

/// All words of a list.
pub(super) struct ListWords {
    /// Distinct words.
    pub words: Vec<ListWord>,
    /// The distinct word that equals each query word.
    pub query_ids: Vec<Option<usize>>,
    /// Number of titles without a head word.
    pub without_head: u32,
    query_words: usize,
    sequence: Vec<TitleWord>,
    starts: Vec<usize>,
    similarities: Vec<f32>,
    cosines: Vec<f32>,
}

impl ListWords {
    pub(super) fn new(query: &Query, titles: &[&PreparedText], statistics: &TextStatistics) -> Self {
        let count = query.words.len();
        let mut ids: HashMap<u64, usize, BuildHasherDefault<Identity>> = HashMap::default();
        let mut out = Self {
            words: Vec::new(),
            query_ids: Vec::new(),
            without_head: 0,
            query_words: count,
            sequence: Vec::with_capacity(titles.iter().map(|title| title.words.len()).sum()),
            starts: vec![0],
            similarities: Vec::new(),
            cosines: Vec::new(),
        };
        for (k, title) in titles.iter().enumerate() {
            for word in &title.words {
                let id = *ids.entry(word.stem).or_insert_with(|| {
                    let row = statistics.row(word.stem);
                    let similar = |q: &super::query::QueryWord| similarity((query.text, &q.word), (title, word));
                    let at = out.similarities.len();
                    out.similarities.extend(query.words.iter().map(similar));
                    let vector = statistics.word_vector(row);
                    out.cosines.extend(query.words.iter().map(|q| cosine(vector, statistics.word_vector(q.row))));
                    out.words.push(ListWord {
                        row,
                        idf: statistics.idf(row),
                        is_content: word.is_content(),
                        in_query: query.words.iter().any(|q| q.word.stem == word.stem),
                        has_vector: vector.is_some(),
                        best: out.similarities[at..].iter().copied().fold(0.0, f32::max),
                        titles: 0,
                        heads: 0,
                        last_title: usize::MAX,
                    });
                    out.words.len() - 1
                });
                let word = &mut out.words[id];
                let is_new = word.last_title != k;
                word.last_title = k;
                word.titles += u32::from(is_new);
                out.sequence.push(TitleWord { id, is_new });
            }
            out.starts.push(out.sequence.len());
            match title.head() {
                Some(head) => {
                    let id = out.title(k)[head].id;
                    out.words[id].heads += 1;
                }
                None => out.without_head += 1,
            }
        }
        out.query_ids = query.words.iter().map(|q| ids.get(&q.word.stem).copied()).collect();
        out
    }

    /// The words of title `k`, in order.
    pub(super) fn title(&self, k: usize) -> &[TitleWord] {
        &self.sequence[self.starts[k]..self.starts[k + 1]]
    }

    /// Similarity of a distinct word to each query word.
    pub(super) fn similarities(&self, id: usize) -> &[f32] {
        &self.similarities[id * self.query_words..][..self.query_words]
    }

    /// Cosine of a distinct word's vector to that of each query word; -1 if either has none.
    pub(super) fn cosines(&self, id: usize) -> &[f32] {
        &self.cosines[id * self.query_words..][..self.query_words]
    }
}

fn cosine(a: Option<&[f32]>, b: Option<&[f32]>) -> f32 {
    match (a, b) {
        (Some(a), Some(b)) => a.iter().zip(b).map(|(x, y)| x * y).sum(),
        _ => -1.0,
    }
}
