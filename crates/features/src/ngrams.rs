//! Running text as hashed token n-grams, the sentiment network's input. Works in any language without a segmenter.
//!
//! A token is a word of letters or digits, one ideograph or kana, or one other character such as "!". An n-gram is 1 to
//! [`ORDERS`] consecutive tokens.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::{
    hash::{combine, hash},
    text::is_cjk,
};

/// Longest n-gram, in tokens.
pub const ORDERS: usize = 3;
const SEED: u64 = 31;
const START: &str = "\u{2}";
const END: &str = "\u{3}";

/// The n-grams of a text by position: those of 1, 2 and 3 tokens that start there; 0 where the text ends before.
pub type Ngrams = Vec<[u32; ORDERS]>;

/// The tokens of a text, in NFKC and lower case.
pub fn tokens(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut inside = false;
    for c in text.nfkc().flat_map(char::to_lowercase) {
        let joins = c.is_alphanumeric() && !is_cjk(c);
        match out.last_mut() {
            Some(word) if inside && joins => word.push(c),
            // "it's" and "don't" are one word.
            Some(word) if inside && matches!(c, '\'' | '\u{2019}') => word.push('\''),
            _ if c.is_whitespace() || c.is_control() => {}
            _ => out.push(c.into()),
        }
        inside = joins || (inside && matches!(c, '\'' | '\u{2019}'));
    }
    out
}

/// The n-grams of a text. A text longer than `max_tokens` is truncated: three quarters of the tokens come from its start and the
/// rest from its end, where reviews conclude.
pub fn ngrams(text: &str, max_tokens: usize) -> Ngrams {
    // The middle of a long text is dropped.
    let mut tokens = tokens(text);
    if tokens.len() > max_tokens {
        let head = max_tokens * 3 / 4;
        tokens.drain(head..tokens.len() - (max_tokens - head));
    }
    let hashed: Vec<u64> = std::iter::once(START)
        .chain(tokens.iter().map(String::as_str))
        .chain(std::iter::once(END))
        .map(|token| hash(SEED, token.as_bytes()))
        .collect();
    let gram = |at: usize, order: usize| match hashed.get(at..at + order) {
        // 0 means that there is no n-gram.
        Some(tokens) => ((tokens.iter().copied().reduce(combine).unwrap_or(0) >> 32) as u32).max(1),
        None => 0,
    };
    (0..hashed.len()).map(|at| std::array::from_fn(|order| gram(at, order + 1))).collect()
}

/// The n-grams of the network, sorted. The row of an n-gram is its index plus one; unknown n-grams have row 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vocabulary(Vec<u32>);

/// Number of training texts of each class with an n-gram.
#[derive(Clone, Debug, Default, PartialEq)]
struct ClassCounts {
    order: usize,
    texts: Vec<u32>,
}

/// A single token in this many texts is kept regardless of its log ratios, so that the network sees whole sentences.
const FREQUENT: u32 = 20;

impl Vocabulary {
    /// From a bundle's n-grams, sorted and distinct.
    pub fn new(grams: Vec<u32>) -> Self {
        Self(grams)
    }

    /// The n-grams, for a bundle.
    pub fn grams(&self) -> &[u32] {
        &self.0
    }

    /// Number of rows of a weight table, including the row of unknown n-grams.
    pub fn rows(&self) -> usize {
        self.0.len() + 1
    }

    /// The row of an n-gram.
    pub fn row(&self, gram: u32) -> u32 {
        self.0.binary_search(&gram).map_or(0, |at| at as u32 + 1)
    }

    /// Selects the `size` most discriminative n-grams of those in at least `min_texts` texts. Also returns each n-gram's log-count
    /// ratio for each class, `[rows, classes]` (Wang & Manning 2012).
    pub fn fit<'a>(
        texts: impl IntoIterator<Item = (&'a Ngrams, usize)>,
        classes: usize,
        size: usize,
        min_texts: u32,
    ) -> (Self, Vec<f32>) {
        let mut counts_of: HashMap<u32, ClassCounts> = HashMap::new();
        let mut totals = vec![0u32; classes];
        for (text, class) in texts {
            totals[class] += 1;
            for (gram, order) in distinct(text) {
                let counts = counts_of.entry(gram).or_insert_with(|| ClassCounts { order, texts: vec![0; classes] });
                counts.texts[class] += 1;
            }
        }
        let all: u32 = totals.iter().sum();
        let ratios = |counts: &ClassCounts| -> Vec<f32> {
            let count: u32 = counts.texts.iter().sum();
            let ratio = |class: usize| {
                let inside = (counts.texts[class] as f32 + 1.0) / (totals[class] as f32 + 2.0);
                let outside = ((count - counts.texts[class]) as f32 + 1.0) / ((all - totals[class]) as f32 + 2.0);
                (inside / outside).ln()
            };
            (0..classes).map(ratio).collect()
        };
        let mut ranked: Vec<(bool, f32, u32, Vec<f32>)> = counts_of
            .into_iter()
            .filter_map(|(gram, counts)| {
                let count: u32 = counts.texts.iter().sum();
                let ratios = ratios(&counts);
                let discrimination = ratios.iter().fold(0.0f32, |most, r| most.max(r.abs())) * (count as f32).sqrt();
                let frequent = counts.order == 1 && count >= FREQUENT;
                (count >= min_texts).then_some((frequent, discrimination, gram, ratios))
            })
            .collect();
        ranked.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        ranked.truncate(size);
        ranked.sort_unstable_by_key(|(_, _, gram, _)| *gram);
        let mut table = vec![0.0; classes];
        table.extend(ranked.iter().flat_map(|(_, _, _, ratios)| ratios));
        (Self(ranked.into_iter().map(|(_, _, gram, _)| gram).collect()), table)
    }
}

/// The distinct n-grams of a text with their number of tokens.
pub fn distinct(text: &Ngrams) -> impl Iterator<Item = (u32, usize)> + '_ {
    let mut seen = std::collections::HashSet::new();
    let all = text.iter().flat_map(|grams| grams.iter().enumerate().map(|(order, gram)| (*gram, order + 1)));
    all.filter(move |(gram, _)| *gram != 0 && seen.insert(*gram))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_ideographs_and_punctuation_are_tokens() {
        assert_eq!(tokens("I don't like it!!"), ["i", "don't", "like", "it", "!", "!"]);
        assert_eq!(tokens("不好用，1.5kg ＡＢ🙂"), ["不", "好", "用", ",", "1", ".", "5kg", "ab", "🙂"]);
        assert_eq!(tokens("  \n\u{0}"), Vec::<String>::new());
    }

    #[test]
    fn an_ngram_depends_on_its_tokens_and_their_order() {
        let [a, b, c] = ["not good", "good not", "not good"].map(|text| ngrams(text, 99));
        assert_eq!(a, c);
        assert_ne!(a[1][1], b[1][1], "the order matters");
        assert_eq!(a[1][0], b[2][0], "the position does not matter");
        assert_eq!(a.last().unwrap()[1..], [0, 0], "nothing starts after the end");
        assert_eq!(ngrams("", 99).len(), 2);
    }

    #[test]
    fn a_long_text_keeps_its_start_and_its_end() {
        let text: String = (0..100_000).map(|i| format!("w{i} ")).collect();
        let grams = ngrams(&text, 40);
        assert_eq!(grams.len(), 42);
        assert_eq!(grams[1], ngrams("w0 w1 w2", 9)[1]);
        assert_eq!(grams[40][0], ngrams("w99999", 9)[1][0]);
    }

    #[test]
    fn the_vocabulary_keeps_discriminative_ngrams() {
        let texts: Vec<Ngrams> = ["good the", "good a", "bad the", "bad a"].map(|text| ngrams(text, 9)).into();
        let labelled = texts.iter().zip([1, 1, 0, 0]);
        let (vocabulary, ratios) = Vocabulary::fit(labelled, 2, 4, 2);
        let [good, bad, the] = [ngrams("good", 9)[1][0], ngrams("bad", 9)[1][0], ngrams("the", 9)[1][0]];
        assert_eq!(vocabulary.row(the), 0);
        let ratio = |gram: u32, class: usize| ratios[vocabulary.row(gram) as usize * 2 + class];
        assert!(ratio(good, 1) > 0.5 && ratio(good, 0) < -0.5 && ratio(bad, 0) > 0.5);
        assert_eq!(ratios.len(), vocabulary.rows() * 2);
    }
}
