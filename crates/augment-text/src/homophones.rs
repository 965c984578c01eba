//! What sounds the same: Chinese characters of one syllable, whatever its sentiment, and English words.

use std::{collections::HashMap, sync::LazyLock};

use pinyin::ToPinyin;

use crate::negation::negates;

/// The 3,755 common characters of GB/T 2312, level 1.
const COMMON: &str = include_str!("../data/common-characters.txt");
/// Groups of English words, one a line. "Know" and "no" are not among them, nor is any other negation.
const ENGLISH: &str = include_str!("../data/english-homophones.txt");

/// Common characters by syllable.
static BY_SYLLABLE: LazyLock<HashMap<&'static str, Vec<char>>> = LazyLock::new(|| {
    let mut found: HashMap<_, Vec<char>> = HashMap::new();
    // A character that negates would turn a sentence round.
    for c in COMMON.chars().filter(|c| !c.is_whitespace() && !negates(c.encode_utf8(&mut [0; 4]))) {
        if let Some(pinyin) = c.to_pinyin() {
            found.entry(pinyin.plain()).or_default().push(c);
        }
    }
    found
});

static BY_WORD: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for group in ENGLISH.lines() {
        let words: Vec<&str> = group.split_whitespace().collect();
        for &word in &words {
            found.entry(word).or_default().extend(words.iter().filter(|other| **other != word));
        }
    }
    found
});

/// Other common characters that sound like this one; the language's own typing mistakes, since most people type syllables.
pub(crate) fn of_character(c: char) -> Vec<char> {
    let group = c.to_pinyin().and_then(|pinyin| BY_SYLLABLE.get(pinyin.plain()));
    group.into_iter().flatten().copied().filter(|other| *other != c).collect()
}

/// English words that sound like this one, capitalised as it is.
pub(crate) fn of_word(word: &str) -> Vec<String> {
    let capital = word.starts_with(|c: char| c.is_ascii_uppercase());
    let like = |other: &&str| match capital {
        true => other[..1].to_ascii_uppercase() + &other[1..],
        false => (*other).to_owned(),
    };
    BY_WORD.get(word.to_lowercase().as_str()).into_iter().flatten().map(like).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homophones_sound_the_same_and_never_negate() {
        let found = of_character('布');
        assert!(found.contains(&'步') && found.contains(&'部') && !found.contains(&'不') && !found.contains(&'布'));
        assert_eq!(of_word("There"), ["Their", "They're"]);
        assert!(of_word("umbrella").is_empty() && of_character('a').is_empty());
        assert!(BY_WORD.keys().all(|word| !negates(word)), "no English homophone negates");
        assert!(BY_SYLLABLE.len() > 350 && BY_SYLLABLE.values().flatten().count() > 3_700);
    }
}
