//! Which texts are nearly copies of another.
//!
//! A text is the set of its runs of three tokens (shingles; Broder 1997), and two texts are copies where the Jaccard likeness
//! of their sets is high. MinHash signatures cut into bands (Leskovec, Rajaraman & Ullman 2014, ch. 3) find the pairs that
//! are worth comparing, so that the time grows with the number of texts and not with its square.

use windowshop_features::{
    hash::combine,
    ngrams::{ORDERS, ngrams},
};

/// Likeness from which on two texts are copies, 0 to 1.
const LIKENESS: f32 = 0.5;
/// A text of fewer shingles is nobody's copy: "very good, thank you" is what honest people write.
const FEWEST_SHINGLES: usize = 8;
/// Tokens read of a text.
const MAX_TOKENS: usize = 512;
/// Bands of a signature and hashes of a band: a pair at the limit shares a band with probability 1 − (1 − 0.5³)²⁴ = 0.96.
const BANDS: usize = 24;
const ROWS: usize = 3;
/// Earlier texts of a band that a text is compared with.
const MOST_COMPARED: usize = 16;

/// For each text, is there another that says nearly the same? All of such a group are copies, the first one too: nobody
/// knows who copied.
pub fn copied(texts: &[&str]) -> Vec<bool> {
    let shingles: Vec<Vec<u32>> = texts.iter().map(|text| shingles(text)).collect();
    let long: Vec<usize> = (0..texts.len()).filter(|&text| shingles[text].len() >= FEWEST_SHINGLES).collect();
    let mut copied = vec![false; texts.len()];
    for band in 0..BANDS {
        let mut keys: Vec<(u64, usize)> = long.iter().map(|&text| (key(&shingles[text], band), text)).collect();
        keys.sort_unstable();
        for same in keys.chunk_by(|a, b| a.0 == b.0) {
            for (at, &(_, text)) in same.iter().enumerate() {
                for &(_, other) in &same[at.saturating_sub(MOST_COMPARED)..at] {
                    let news = !(copied[text] && copied[other]);
                    if news && likeness(&shingles[text], &shingles[other]) >= LIKENESS {
                        (copied[text], copied[other]) = (true, true);
                    }
                }
            }
        }
    }
    copied
}

/// The distinct shingles of a text, rising.
fn shingles(text: &str) -> Vec<u32> {
    let mut shingles: Vec<u32> = ngrams(text, MAX_TOKENS).iter().map(|grams| grams[ORDERS - 1]).collect();
    shingles.retain(|gram| *gram != 0);
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// What equal bands of two signatures have in common: of each of the band's hash functions, the smallest value over the shingles.
fn key(shingles: &[u32], band: usize) -> u64 {
    let smallest = |row: usize| {
        let function = combine(band as u64, row as u64);
        shingles.iter().map(|shingle| combine(function, u64::from(*shingle))).min().unwrap_or(0)
    };
    (0..ROWS).map(smallest).fold(0, combine)
}

/// Jaccard likeness of two rising sets: the share of the union that is in both.
fn likeness(a: &[u32], b: &[u32]) -> f32 {
    let both = a.iter().filter(|shingle| b.binary_search(shingle).is_ok()).count();
    both as f32 / (a.len() + b.len() - both).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_a_word_changed_is_a_copy_in_any_language() {
        let texts = [
            "I bought this umbrella for my daughter and she loves it, sturdy and very pretty, five stars from me",
            "I bought this umbrella for my sister and she loves it, sturdy and very pretty, five stars from me!",
            "The umbrella broke in the first storm, my daughter was wet to the skin and I want my money back",
            "这把雨伞质量非常好，面料厚实，抗风能力也很强，送货速度快，包装完好，值得大家购买",
            "这把雨伞质量非常好，面料厚实，抗风能力也很强，送货速度很快，包装完好，值得大家购买",
            "下雨天用了一次就坏了，伞骨断了两根，找客服也没有人回答，太让人失望了",
        ];
        assert_eq!(copied(&texts), [true, true, false, true, true, false]);
    }

    #[test]
    fn short_praise_is_no_copy() {
        assert_eq!(copied(&["Very good, thank you!", "Very good, thank you!", "很好", "很好", ""]), [false; 5]);
    }

    /// A made-up text; the same number gives the same text. Every `changed`-th word of it is another.
    fn made_up(number: u64, changed: u64) -> String {
        let word = |at: u64| {
            let other = if changed > 0 && at % changed == changed - 1 { 7 } else { 0 };
            format!("w{} ", combine(combine(number, other), at) % 500)
        };
        (0..40).map(word).collect()
    }

    #[test]
    fn the_signatures_find_what_comparing_every_pair_finds() {
        let texts: Vec<String> =
            (0..400).map(|i| made_up(i / 2, [0, 25, 13, 4, 6][(i % 10 / 2) as usize] * (i % 2))).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let sets: Vec<Vec<u32>> = texts.iter().map(|text| shingles(text)).collect();
        let nearest = |i: usize| {
            let others = sets.iter().enumerate().filter(|(j, _)| *j != i);
            others.map(|(_, other)| likeness(&sets[i], other)).fold(0.0, f32::max)
        };
        let (mut found, mut missed) = (0, 0);
        for (i, copied) in copied(&texts).into_iter().enumerate() {
            let is_copy = nearest(i) >= LIKENESS;
            assert!(is_copy || !copied, "text {i} has no copy");
            found += usize::from(copied);
            missed += usize::from(is_copy && !copied);
        }
        assert!(found > 200 && missed * 50 <= found, "{found} found, {missed} missed");
    }
}
