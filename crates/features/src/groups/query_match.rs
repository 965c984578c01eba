//! How well an item's text matches the query: 27 features of the query-item pair, 5 of the pair within its list, 8 of word
//! vectors.
//!
//! A query word's *strength* in a title is its similarity to the nearest title word, 0 to 1. Most features sum strengths
//! over the query's words, weighted by idf.

mod list_words;
pub(crate) mod query;

use crate::{
    group::{FeatureGroup, Head, HeadInput, HiddenLayers},
    item::PreparedItem,
    matrix::Matrix,
    text::{Kind, PreparedText, shared},
    text_statistics::TextStatistics,
};
use list_words::{ListWord, ListWords};
use query::Query;

/// Present where the query has words.
pub static GROUP: FeatureGroup = FeatureGroup {
    columns: &COLUMNS,
    extract: |list| list.request.query.map(|query| features(query, list.items, list.text)),
    multiplier: None,
};

/// The shape of its network.
pub const HEAD: Head = Head { input: HeadInput::Query, hidden: HiddenLayers::Two };

const PAIR: usize = 27;
const LIST: usize = 5;
const VECTORS: usize = 8;

const COLUMNS: [&str; PAIR + LIST + VECTORS] = [
    // The pair. `fuzzy` is the idf-weighted mean strength.
    "fuzzy",
    "fuzzy_count",
    "fuzzy_min",
    "fuzzy_head",
    "missing_max_idf",
    "missing_sum_idf",
    "missing_words",
    // Shares of the query's character n-grams that the title has, spaces ignored.
    "g3",
    "g4",
    "bm25",
    "title_coverage",
    // The head word of the title against that of the query.
    "tail_similarity",
    "title_head_similarity",
    "title_head_idf",
    "title_head_count",
    "query_head_is_title_head",
    "query_head_position",
    // Word order and proximity; -1 where no word matches.
    "bigram",
    "near",
    "first_position",
    "mean_position",
    "first_word_asked",
    "missing_numbers",
    "title_words",
    "title_chars",
    "head_segment_words",
    "title_idf",
    // The pair within its list; -1 in a list of one item.
    "list_words",
    "centrality",
    "centrality_of_matches",
    "head_shared",
    "head_agreement",
    // Word vectors; -1 where no word has one.
    "vector_cosine",
    "vector_aligned",
    "vector_aligned_min",
    "soft",
    "soft_min",
    "vector_query_head",
    "vector_title_head_best",
    "vector_title_head",
];
/// Column of the idf-weighted mean strength.
pub(crate) const FUZZY: usize = 0;
/// Column of the share of character 3-grams.
pub(crate) const G3: usize = 7;
/// Column of the idf-weighted mean of each query word's maximum strength over the list; the same in every row.
pub(crate) const LIST_WORDS: usize = PAIR;
/// Column of the idf-weighted mean of strength or word-vector cosine, whichever is larger.
pub(crate) const SOFT: usize = PAIR + LIST + 3;

/// A query word of lower strength counts as missing.
const MATCHED: f32 = 0.6;
/// Strength of a query word that is a substring of the title, such as "hose" in "gardenhose".
const WITHIN: f32 = 0.9;
/// Strength of a query word that only the item's further text has.
const IN_FURTHER_TEXT: f32 = 0.7;
/// Last words of the head segment that are candidates for the head word.
const TAIL: usize = 3;
/// Largest distance of adjacent query words in a title, in words, that counts as near.
const NEAR: i32 = 3;
/// Constants of BM25 (Robertson & Zaragoza 2009).
const K1: f32 = 1.2;
const B: f32 = 0.75;

/// How well a title matches one query word.
#[derive(Clone, Copy, Debug)]
struct Strength {
    value: f32,
    /// Position of the nearest title word, the last of several; -1 where there is none.
    position: i32,
    /// Exact occurrences of the word in the title.
    count: u32,
}

/// The features of a list, `[items, columns]`; NaN for a query without words.
pub fn features(query: &PreparedText, items: &[&PreparedItem], text: &TextStatistics) -> Matrix {
    let mut out = Matrix::unknown(items.len(), COLUMNS.len());
    let Some(query) = Query::new(query, text) else { return out };
    let titles: Vec<&PreparedText> = items.iter().map(|item| &item.title).collect();
    let list = List { words: ListWords::new(&query, &titles, text), query: &query, statistics: text };
    let strengths: Vec<Strength> = (0..items.len()).flat_map(|k| list.strengths(k, titles[k])).collect();
    let of = |k: usize| &strengths[k * query.words.len()..][..query.words.len()];
    for (k, item) in items.iter().enumerate() {
        let cells = out.row_mut(k);
        cells[..PAIR].copy_from_slice(&list.pair(k, item, of(k)));
    }
    let direction = text.vector(query.text);
    let covers: Vec<f32> = (0..items.len()).map(|k| list.cover(of(k))).collect();
    let best = |i: usize| (0..items.len()).map(|k| of(k)[i].value).fold(0.0, f32::max);
    let list_words = query.weighted((0..query.words.len()).map(best));
    let centrality = list.centrality(&covers);
    for (k, item) in items.iter().enumerate() {
        let cells = &mut out.row_mut(k)[PAIR..];
        cells[0] = list_words;
        cells[1..3].copy_from_slice(&centrality[k]);
        cells[3..LIST].copy_from_slice(&list.heads(k, titles[k], items.len()));
        cells[LIST..].copy_from_slice(&list.meaning(k, item, of(k), &direction));
    }
    out
}

struct List<'a> {
    words: ListWords,
    query: &'a Query<'a>,
    statistics: &'a TextStatistics,
}

impl List<'_> {
    fn strengths(&self, k: usize, title: &PreparedText) -> Vec<Strength> {
        let mut out = vec![Strength { value: 0.0, position: -1, count: 0 }; self.query.words.len()];
        for (position, word) in self.words.title(k).iter().enumerate() {
            for (strength, &similarity) in out.iter_mut().zip(self.words.similarities(word.id)) {
                if similarity > 0.0 && similarity >= strength.value {
                    *strength = Strength { value: similarity, position: position as i32, ..*strength };
                }
            }
            if self.words.words[word.id].in_query {
                for (strength, query_id) in out.iter_mut().zip(&self.words.query_ids) {
                    strength.count += u32::from(*query_id == Some(word.id));
                }
            }
        }
        for (strength, word) in out.iter_mut().zip(&self.query.words) {
            if strength.value < WITHIN && word.substring.is_some_and(|substring| substring.is_in(title)) {
                strength.value = WITHIN;
            }
        }
        out
    }

    /// The idf-weighted mean strength in the title.
    fn cover(&self, strengths: &[Strength]) -> f32 {
        self.query.weighted(strengths.iter().map(|s| s.value))
    }

    fn pair(&self, k: usize, item: &PreparedItem, strengths: &[Strength]) -> [f32; PAIR] {
        let (query, title) = (self.query, &item.title);
        let words = self.words.title(k);
        let count = query.words.len() as f32;
        let length = words.len().max(1) as f32;
        let values = || strengths.iter().map(|s| s.value);
        let further = query.words.iter().zip(values()).map(|(word, value)| {
            let in_text = value < IN_FURTHER_TEXT && item.text.words.iter().any(|w| w.stem == word.word.stem);
            if in_text { IN_FURTHER_TEXT } else { value }
        });
        let missing = || query.words.iter().zip(values()).map(|(word, value)| word.idf * (1.0 - value));
        let saturation = K1 * (1.0 - B + B * length / self.statistics.mean_words());
        let bm25 = |(word, strength): (&query::QueryWord, &Strength)| {
            let count = strength.count as f32;
            word.idf * count * (K1 + 1.0) / (count + saturation)
        };
        let mut content = (0.0, 0.0, 0.0);
        for word in words.iter().map(|word| &self.words.words[word.id]).filter(|word| word.is_content) {
            content.0 += 1.0;
            content.1 += word.idf;
            content.2 += f32::from(word.in_query) * word.idf;
        }
        let head = self.head(k, title);
        let query_head = strengths[query.head];
        let steps = || {
            let known = strengths.windows(2).filter(|w| w[0].position >= 0 && w[1].position >= 0);
            known.map(|w| w[1].position - w[0].position)
        };
        let gaps = (count - 1.0).max(1.0);
        let matched = || strengths.iter().filter(|s| s.position >= 0 && s.value >= MATCHED).map(|s| s.position);
        let matches = matched().count() as f32;
        let absent =
            |(word, strength): &(&query::QueryWord, &Strength)| word.word.kind == Kind::Number && strength.count == 0;
        [
            query.weighted(further),
            values().sum::<f32>() / count,
            values().fold(1.0, f32::min),
            query_head.value,
            missing().fold(0.0, f32::max),
            missing().sum(),
            values().filter(|value| *value < MATCHED).count() as f32,
            gram_share(query.text, title, &query.text.grams3, &title.grams3),
            gram_share(query.text, title, &query.text.grams4, &title.grams4),
            query.words.iter().zip(strengths).map(bm25).sum(),
            if content.1 > 0.0 { content.2 / content.1 } else { content.2 },
            self.tail_similarity(k, title),
            head.map_or(0.0, |(_, word)| word.best),
            self.statistics.idf(head.and_then(|(_, word)| word.row)),
            self.statistics.head(head.and_then(|(_, word)| word.row)),
            head.map_or(0.0, |(id, _)| self.words.similarities(id)[query.head]),
            (query_head.position + 1) as f32 / length,
            steps().filter(|step| *step == 1).count() as f32 / gaps,
            steps().filter(|step| *step != 0 && step.abs() <= NEAR).count() as f32 / gaps,
            matched().min().unwrap_or(-1) as f32,
            if matches > 0.0 { matched().sum::<i32>() as f32 / (matches * length) } else { -1.0 },
            words.first().map_or(0.0, |word| f32::from(self.words.words[word.id].in_query)),
            query.words.iter().zip(strengths).filter(absent).count() as f32,
            words.len() as f32,
            title.joined_chars as f32,
            title.head_segment().len() as f32,
            content.1 / f32::max(content.0, 1.0),
        ]
    }

    /// Head word of title `k`.
    fn head(&self, k: usize, title: &PreparedText) -> Option<(usize, &ListWord)> {
        let id = self.words.title(k)[title.head()?].id;
        Some((id, &self.words.words[id]))
    }

    /// Largest similarity of a query word to one of the last words of the head segment.
    fn tail_similarity(&self, k: usize, title: &PreparedText) -> f32 {
        let segment = title.head_segment();
        let words = || segment.iter().zip(self.words.title(k)).rev();
        let best = |word: &list_words::TitleWord| self.words.words[word.id].best;
        if segment.iter().all(|word| word.kind == Kind::Stop) {
            return words().take(TAIL).map(|(_, word)| best(word)).fold(0.0, f32::max);
        }
        words().filter(|(word, _)| word.kind != Kind::Stop).take(TAIL).map(|(_, word)| best(word)).fold(0.0, f32::max)
    }

    /// Mean cosine of each title's idf-weighted content words with those of the other titles: unweighted, and weighted by
    /// how well the other titles match the query.
    fn centrality(&self, covers: &[f32]) -> Vec<[f32; 2]> {
        let count = covers.len();
        if count < 2 {
            return vec![[-1.0; 2]; count];
        }
        let words = &self.words.words;
        let distinct = |k: usize| {
            let new = self.words.title(k).iter().filter(|word| word.is_new && words[word.id].is_content);
            new.map(|word| (word.id, f64::from(words[word.id].idf)))
        };
        let norm = |k: usize| distinct(k).map(|(_, idf)| idf * idf).sum::<f64>().sqrt();
        // The sum over the others is the sum over all minus the title's own term: linear in the length of the list.
        let (mut sum, mut weighted) = (vec![0.0; words.len()], vec![0.0; words.len()]);
        let all: f64 = covers.iter().map(|cover| f64::from(*cover)).sum();
        for (k, &cover) in covers.iter().enumerate() {
            let scale = 1.0 / norm(k).max(1e-12);
            for (id, idf) in distinct(k) {
                sum[id] += idf * scale;
                weighted[id] += idf * scale * f64::from(cover);
            }
        }
        let central = |(k, &cover): (usize, &f32)| {
            let (norm, cover) = (norm(k), f64::from(cover));
            let scale = 1.0 / norm.max(1e-12);
            let own = if norm > 0.0 { 1.0 } else { 0.0 };
            let dot = |sum: &[f64]| distinct(k).map(|(id, idf)| idf * scale * sum[id]).sum::<f64>();
            let others = all - cover;
            let by_cover = if others > 1e-6 { (dot(&weighted) - own * cover) / others } else { 0.0 };
            [((dot(&sum) - own) / (count - 1) as f64) as f32, by_cover as f32]
        };
        covers.iter().enumerate().map(central).collect()
    }

    /// Share of the other titles that contain this title's head word; share of the list with the same head word.
    fn heads(&self, k: usize, title: &PreparedText, count: usize) -> [f32; 2] {
        let (holding, same) = match self.head(k, title) {
            Some((_, word)) => (word.titles - 1, word.heads),
            None => (0, self.words.without_head),
        };
        let shared = if count > 1 { holding as f32 / (count - 1) as f32 } else { -1.0 };
        [shared, same as f32 / count as f32]
    }

    fn meaning(&self, k: usize, item: &PreparedItem, strengths: &[Strength], direction: &[f32]) -> [f32; VECTORS] {
        let query = self.query;
        let known = |word: &query::QueryWord| self.statistics.word_vector(word.row).is_some();
        let words = self.words.title(k);
        if !query.words.iter().any(known) || !words.iter().any(|word| self.words.words[word.id].has_vector) {
            return [-1.0; VECTORS];
        }
        let mut aligned: Vec<f32> = strengths.iter().map(|s| f32::from(s.count > 0)).collect();
        for word in words {
            for (value, cosine) in aligned.iter_mut().zip(self.words.cosines(word.id)) {
                *value = value.max(*cosine);
            }
        }
        let soft = || aligned.iter().zip(strengths).map(|(value, strength)| value.max(strength.value));
        let head = self.head(k, &item.title).filter(|(_, word)| word.has_vector);
        let head_vector = head.and_then(|(_, word)| self.statistics.word_vector(word.row));
        [
            dot(direction, &item.text_vector),
            query.weighted(aligned.iter().copied()),
            aligned.iter().copied().fold(1.0, f32::min),
            query.weighted(soft()),
            soft().fold(1.0, f32::min),
            aligned[query.head],
            head.map_or(-1.0, |(id, _)| self.words.cosines(id).iter().copied().fold(-1.0, f32::max)),
            head_vector.map_or(-1.0, |vector| dot(direction, vector)),
        ]
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Share of the query's character n-grams that the title has. A query shorter than one n-gram: 1 where the title contains it,
/// else 0.
fn gram_share(query: &PreparedText, title: &PreparedText, grams: &[u32], of_title: &[u32]) -> f32 {
    if grams.is_empty() {
        return f32::from(title.joined.contains(&query.joined));
    }
    shared(grams, of_title) as f32 / grams.len() as f32
}
