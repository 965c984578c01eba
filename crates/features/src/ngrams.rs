//! Running text as hashed n-grams of tokens: what the sentiment network reads, in any language, without a segmenter.
//!
//! A token is a word of letters or digits, one ideograph or kana, or any other sign: "!" and "不" both matter here. An
//! n-gram is 1 to [`ORDERS`] tokens in a row.

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

/// The n-grams of a text, by position: those of 1, 2 and 3 tokens that start there. 0: the text ends before.
pub type Ngrams = Vec<[u32; ORDERS]>;

/// The tokens of a text, normalised and in lower case.
pub fn tokens(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut inside = false;
    for c in text.nfkc().flat_map(char::to_lowercase) {
        let joins = c.is_alphanumeric() && !is_cjk(c);
        match out.last_mut() {
            Some(word) if inside && joins => word.push(c),
            // It's and don't are one word.
            Some(word) if inside && matches!(c, '\'' | '\u{2019}') => word.push('\''),
            _ if c.is_whitespace() || c.is_control() => {}
            _ => out.push(c.into()),
        }
        inside = joins || (inside && matches!(c, '\'' | '\u{2019}'));
    }
    out
}

/// The n-grams of a text of at most `max_tokens` tokens; of a longer one three quarters come from its start and the rest
/// from its end, where reviewers draw their conclusion.
pub fn ngrams(text: &str, max_tokens: usize) -> Ngrams {
    // No text is read further than it can matter: a token has at least one byte.
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
        // 0 is what says that there is none.
        Some(tokens) => ((tokens.iter().copied().reduce(combine).unwrap_or(0) >> 32) as u32).max(1),
        None => 0,
    };
    (0..hashed.len()).map(|at| std::array::from_fn(|order| gram(at, order + 1))).collect()
}

/// The n-grams that have weights, sorted; an n-gram's row is its place here plus one, and row 0 is every other's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vocabulary(Vec<u32>);

/// How an n-gram is spread over the classes of the training texts.
#[derive(Clone, Debug, Default, PartialEq)]
struct Spread {
    order: usize,
    texts: Vec<u32>,
}

/// A single token in so many texts is kept however little it tells: the network reads sentences, not lists of words.
const FREQUENT: u32 = 20;

impl Vocabulary {
    /// From the bundle's numbers, which are sorted and distinct.
    pub fn new(grams: Vec<u32>) -> Self {
        Self(grams)
    }

    /// The numbers, for a bundle.
    pub fn grams(&self) -> &[u32] {
        &self.0
    }

    /// Rows of a table of weights, the one of unknown n-grams included.
    pub fn rows(&self) -> usize {
        self.0.len() + 1
    }

    /// The row of an n-gram.
    pub fn row(&self, gram: u32) -> u32 {
        self.0.binary_search(&gram).map_or(0, |at| at as u32 + 1)
    }

    /// The `size` most telling n-grams that are in at least `min_texts` of the texts, and for each class the logarithm
    /// of how much likelier the n-gram is in it than in the others, `[rows, classes]` (Wang & Manning 2012).
    pub fn fit<'a>(
        texts: impl IntoIterator<Item = (&'a Ngrams, usize)>,
        classes: usize,
        size: usize,
        min_texts: u32,
    ) -> (Self, Vec<f32>) {
        let mut spreads: HashMap<u32, Spread> = HashMap::new();
        let mut totals = vec![0u32; classes];
        for (text, class) in texts {
            totals[class] += 1;
            for (gram, order) in distinct(text) {
                let spread = spreads.entry(gram).or_insert_with(|| Spread { order, texts: vec![0; classes] });
                spread.texts[class] += 1;
            }
        }
        let all: u32 = totals.iter().sum();
        let ratios = |spread: &Spread| -> Vec<f32> {
            let count: u32 = spread.texts.iter().sum();
            let ratio = |class: usize| {
                let inside = (spread.texts[class] as f32 + 1.0) / (totals[class] as f32 + 2.0);
                let outside = ((count - spread.texts[class]) as f32 + 1.0) / ((all - totals[class]) as f32 + 2.0);
                (inside / outside).ln()
            };
            (0..classes).map(ratio).collect()
        };
        let mut ranked: Vec<(bool, f32, u32, Vec<f32>)> = spreads
            .into_iter()
            .filter_map(|(gram, spread)| {
                let count: u32 = spread.texts.iter().sum();
                let ratios = ratios(&spread);
                let telling = ratios.iter().fold(0.0f32, |most, r| most.max(r.abs())) * (count as f32).sqrt();
                let frequent = spread.order == 1 && count >= FREQUENT;
                (count >= min_texts).then_some((frequent, telling, gram, ratios))
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

/// The n-grams of a text, each once, with their number of tokens.
pub fn distinct(text: &Ngrams) -> impl Iterator<Item = (u32, usize)> + '_ {
    let mut seen = std::collections::HashSet::new();
    let all = text.iter().flat_map(|grams| grams.iter().enumerate().map(|(order, gram)| (*gram, order + 1)));
    all.filter(move |(gram, _)| *gram != 0 && seen.insert(*gram))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_ideographs_and_signs_are_tokens() {
        assert_eq!(tokens("I don't like it!!"), ["i", "don't", "like", "it", "!", "!"]);
        assert_eq!(tokens("不好用，1.5kg ＡＢ🙂"), ["不", "好", "用", ",", "1", ".", "5kg", "ab", "🙂"]);
        assert_eq!(tokens("  \n\u{0}"), Vec::<String>::new());
    }

    #[test]
    fn an_ngram_is_known_by_its_tokens_in_order() {
        let [a, b, c] = ["not good", "good not", "not good"].map(|text| ngrams(text, 99));
        assert_eq!(a, c);
        assert_ne!(a[1][1], b[1][1], "the order matters");
        assert_eq!(a[1][0], b[2][0], "a word is itself wherever it is");
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
    fn the_vocabulary_keeps_what_tells_the_classes_apart() {
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
