//! The query as matching sees it: content words, how rare each is, and which one names the thing.

use crate::{
    text::{Kind, PreparedText, Word, ends_head, gram},
    text_statistics::TextStatistics,
};

/// Words of a query that are matched; no visitor types more, and the work stays bounded.
const MAX_WORDS: usize = 64;
/// Shorter words are not looked for inside other words.
const SHORTEST_PART: usize = 4;

/// A word to match.
#[derive(Clone, Debug)]
pub(crate) struct QueryWord<'a> {
    pub word: Word,
    /// As it was typed, where it is long enough to be looked for inside other words.
    pub part: Option<Part<'a>>,
    pub idf: f32,
    /// Row in the statistics.
    pub row: Option<usize>,
}

/// Letters to look for inside a title's joined letters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    letters: &'a str,
    first_gram: u32,
}

impl Part<'_> {
    /// Does the title hold these letters, whatever its spaces?
    pub(crate) fn is_in(&self, title: &PreparedText) -> bool {
        title.grams4.binary_search(&self.first_gram).is_ok() && title.joined.contains(self.letters)
    }
}

/// A query that has at least one word.
#[derive(Clone, Debug)]
pub(crate) struct Query<'a> {
    pub text: &'a PreparedText,
    /// Content words and numbers; every word where there is nothing else.
    pub words: Vec<QueryWord<'a>>,
    /// Index of the word that names the thing: the last before the first "for", "with" or the like.
    pub head: usize,
    /// Σ idf, or 1 where that is 0.
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
            let start: Vec<char> = typed[i].chars().take(SHORTEST_PART).collect();
            let part = (start.len() == SHORTEST_PART).then(|| Part { letters: typed[i], first_gram: gram(&start) });
            QueryWord { word, part, idf: statistics.idf(row), row }
        };
        let words: Vec<QueryWord> = kept.iter().map(prepare).collect();
        let sum: f32 = words.iter().map(|w| w.idf).sum();
        let head = kept.iter().filter(|i| **i < end).count() - 1;
        Some(Self { text, words, head, weight: if sum > 0.0 { sum } else { 1.0 } })
    }

    /// Σ idf · value over the words, as a share of Σ idf.
    pub(crate) fn weighted(&self, values: impl Iterator<Item = f32>) -> f32 {
        self.words.iter().zip(values).map(|(word, value)| word.idf * value).sum::<f32>() / self.weight
    }
}
