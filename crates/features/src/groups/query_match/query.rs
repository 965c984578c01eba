//! The query's words with their idf and head word.

use crate::{
    text::{Kind, PreparedText, Word, ends_head, gram},
    text_statistics::TextStatistics,
};

/// Largest number of query words that are matched, which bounds the work.
const MAX_WORDS: usize = 64;
/// Shorter words are not searched inside other words.
const MIN_SUBSTRING_CHARS: usize = 4;

/// A word to match.
#[derive(Clone, Debug)]
pub(crate) struct QueryWord<'a> {
    pub word: Word,
    /// As typed, if it is long enough to be searched inside other words.
    pub substring: Option<Substring<'a>>,
    pub idf: f32,
    /// Row in the statistics.
    pub row: Option<usize>,
}

/// Letters to search in a title's joined letters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Substring<'a> {
    letters: &'a str,
    first_gram: u32,
}

impl Substring<'_> {
    /// True if the title contains these letters, spaces ignored.
    pub(crate) fn is_in(&self, title: &PreparedText) -> bool {
        title.grams4.binary_search(&self.first_gram).is_ok() && title.joined.contains(self.letters)
    }
}

/// A query with at least one word.
#[derive(Clone, Debug)]
pub(crate) struct Query<'a> {
    pub text: &'a PreparedText,
    /// Content words and numbers; all words if there are none.
    pub words: Vec<QueryWord<'a>>,
    /// Index of the head word: the last one before the first preposition.
    pub head: usize,
    /// Σ idf, or 1 if that is 0.
    pub weight: f32,
}

impl<'a> Query<'a> {
    /// `None` for a query without words.
    pub(crate) fn new(text: &'a PreparedText, statistics: &TextStatistics) -> Option<Self> {
        let count = text.words.len().min(MAX_WORDS);
        let mut kept: Vec<usize> = (0..count).filter(|&i| text.words[i].kind != Kind::Stop).collect();
        if kept.is_empty() {
            kept = (0..count).collect();
        }
        let first = *kept.first()?;
        let ends = |i: &usize| ends_head(text.stem(&text.words[*i]), Some(text.words[*i - 1].kind));
        let end = (first + 1..count).find(ends).unwrap_or(count);
        let typed: Vec<&str> = text.normal.split(' ').collect();
        let prepare = |&i: &usize| {
            let word = text.words[i];
            let row = statistics.row(word.stem);
            let start: Vec<char> = typed[i].chars().take(MIN_SUBSTRING_CHARS).collect();
            let substring =
                (start.len() == MIN_SUBSTRING_CHARS).then(|| Substring { letters: typed[i], first_gram: gram(&start) });
            QueryWord { word, substring, idf: statistics.idf(row), row }
        };
        let words: Vec<QueryWord> = kept.iter().map(prepare).collect();
        let sum: f32 = words.iter().map(|w| w.idf).sum();
        let head = kept.iter().filter(|i| **i < end).count() - 1;
        Some(Self { text, words, head, weight: if sum > 0.0 { sum } else { 1.0 } })
    }

    /// idf-weighted mean of one value per word.
    pub(crate) fn weighted(&self, values: impl Iterator<Item = f32>) -> f32 {
        self.words.iter().zip(values).map(|(word, value)| word.idf * value).sum::<f32>() / self.weight
    }
}
