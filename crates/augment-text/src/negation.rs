//! What negates, and what is negated with it: that is what a review's sentiment hangs on.

use std::{collections::HashSet, sync::LazyLock};

use crate::tokens::{Kind, Token, is_apostrophe, tokens};

/// English words that negate, with or without their apostrophe; besides, all that end in n't.
const WORDS: &[&str] = &[
    "ain't",
    "aren't",
    "barely",
    "can't",
    "cannot",
    "couldn't",
    "didn't",
    "doesn't",
    "don't",
    "fail",
    "failed",
    "fails",
    "few",
    "hadn't",
    "hardly",
    "hasn't",
    "haven't",
    "isn't",
    "lack",
    "lacked",
    "lacking",
    "lacks",
    "little",
    "mustn't",
    "needn't",
    "neither",
    "never",
    "no",
    "nobody",
    "non",
    "none",
    "nope",
    "nor",
    "not",
    "nothing",
    "nowhere",
    "rarely",
    "scarcely",
    "seldom",
    "shouldn't",
    "unless",
    "wasn't",
    "weren't",
    "without",
    "won't",
    "wouldn't",
];
/// Chinese characters that negate, simplified and traditional.
const CHARACTERS: &[char] = &['不', '没', '沒', '无', '無', '别', '別', '未', '非', '勿', '莫', '甭', '否', '毋', '缺'];
/// Words between a negation and what it negates.
const CARRIERS: &[&str] = &[
    "a",
    "all",
    "an",
    "any",
    "as",
    "be",
    "been",
    "being",
    "enough",
    "even",
    "ever",
    "get",
    "had",
    "have",
    "it",
    "just",
    "like",
    "many",
    "more",
    "much",
    "my",
    "one",
    "only",
    "particularly",
    "quite",
    "really",
    "so",
    "super",
    "that",
    "the",
    "this",
    "to",
    "too",
    "up",
    "very",
    "was",
    "your",
];
const CARRYING_CHARACTERS: &[char] = &[
    '是', '有', '太', '很', '怎', '么', '那', '这', '会', '能', '要', '算', '够', '得', '想', '再', '多', '大', '可',
    '以', '值', '特',
];
/// Characters that are kept of what is negated: most words have two.
const NEGATED_CHARACTERS: usize = 2;

static PLAIN_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| WORDS.iter().copied().map(plain).collect());

/// In lower case, without apostrophes.
fn plain(word: &str) -> String {
    word.chars().filter(|c| !is_apostrophe(*c)).flat_map(char::to_lowercase).collect()
}

/// Does this word or character negate?
pub(crate) fn negates(token: &str) -> bool {
    if token.starts_with(CHARACTERS) {
        return true;
    }
    let word = plain(token);
    let contracted = word.ends_with("nt") && token.chars().rev().nth(1).is_some_and(is_apostrophe);
    contracted || PLAIN_WORDS.contains(&word)
}

fn carries(token: &Token<'_>) -> bool {
    match token.kind {
        Kind::Word => CARRIERS.contains(&token.text.to_lowercase().as_str()),
        Kind::Ideograph => token.text.starts_with(CARRYING_CHARACTERS),
        Kind::Fixed | Kind::Gap => false,
    }
}

/// The pieces of a text, marked.
pub(crate) fn marked(text: &str) -> Vec<Token<'_>> {
    let mut tokens = tokens(text);
    // How much is still to be kept behind the last negation.
    let (mut words, mut characters) = (0, 0);
    for token in &mut tokens {
        if token.kind == Kind::Gap {
            continue;
        }
        if token.kind != Kind::Fixed && negates(token.text) {
            token.kept = true;
            (words, characters) = (1, NEGATED_CHARACTERS);
            continue;
        }
        if words == 0 {
            continue;
        }
        token.kept = true;
        if carries(token) {
            continue;
        }
        characters -= 1;
        if token.kind != Kind::Ideograph || characters == 0 {
            words = 0;
        }
    }
    tokens
}

/// The words and characters that no operator touches, in order: each negation, and what follows it up to and with the first
/// word that is no mere filler, or the first two characters.
pub fn kept(text: &str) -> Vec<&str> {
    marked(text).iter().filter(|token| token.kept).map(|token| token.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negation_is_kept_with_what_it_negates() {
        assert_eq!(kept("It is NOT a very good bag"), ["NOT", "a", "very", "good"]);
        assert_eq!(kept("I don’t like it, no. Never again"), ["don’t", "like", "it", "no", "Never", "again"]);
        assert_eq!(kept("I cant wait"), ["cant", "wait"]);
        assert_eq!(kept("hardly worn, without 2 buttons and no"), ["hardly", "worn", "without", "2", "no"]);
        assert_eq!(kept("质量不是很满意的"), ["不", "是", "很", "满", "意"]);
        assert_eq!(kept("物流快，没有坏！"), ["没", "有", "坏"]);
        assert!(kept("all good, 非").ends_with(&["非"]));
        assert!(kept("a lovely knot").is_empty());
    }
}
