//! Near-duplicate texts.
//!
//! A text is the set of its shingles of three tokens (Broder 1997); two texts are near-duplicates if the Jaccard similarity of their sets is high.
//! MinHash signatures in bands (Leskovec, Rajaraman & Ullman 2014, ch. 3) find candidate pairs in time linear in the number of texts.

use windowshop_features::{
    hash::combine,
    ngrams::{ORDERS, ngrams},
};

/// Jaccard similarity from which two texts are near-duplicates, 0 to 1.
const THRESHOLD: f32 = 0.5;
/// Texts with fewer shingles are never near-duplicates: short praise coincides by chance.
const MIN_SHINGLES: usize = 8;
/// Most tokens read of a text.
const MAX_TOKENS: usize = 512;
/// Bands of a signature.
const BANDS: usize = 24;
/// Hashes per band: a pair at the threshold shares a band with probability 1 − (1 − 0.5³)²⁴ = 0.96.
const ROWS: usize = 3;
/// Most earlier texts of a band that a text is compared with.
const MAX_COMPARED: usize = 16;

/// Whether each text has a near-duplicate; the first of a group counts too, because the original is unknown.
pub fn has_near_duplicate(texts: &[&str]) -> Vec<bool> {
    let shingles: Vec<Vec<u32>> = texts.iter().map(|text| shingles(text)).collect();
    let long: Vec<usize> = (0..texts.len()).filter(|&text| shingles[text].len() >= MIN_SHINGLES).collect();
    let mut has_near_duplicate = vec![false; texts.len()];
    for band in 0..BANDS {
        let mut keys: Vec<(u64, usize)> = long.iter().map(|&text| (key(&shingles[text], band), text)).collect();
        keys.sort_unstable();
        for same in keys.chunk_by(|a, b| a.0 == b.0) {
            for (at, &(_, text)) in same.iter().enumerate() {
                for &(_, other) in &same[at.saturating_sub(MAX_COMPARED)..at] {
                    let is_new = !(has_near_duplicate[text] && has_near_duplicate[other]);
                    if is_new && jaccard(&shingles[text], &shingles[other]) >= THRESHOLD {
                        (has_near_duplicate[text], has_near_duplicate[other]) = (true, true);
                    }
                }
            }
        }
    }
    has_near_duplicate
}

/// The distinct shingles of a text, ascending.
fn shingles(text: &str) -> Vec<u32> {
    let mut shingles: Vec<u32> = ngrams(text, MAX_TOKENS).iter().map(|grams| grams[ORDERS - 1]).collect();
    shingles.retain(|gram| *gram != 0);
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// Key of a band: the minimum of each of its hash functions over the shingles.
fn key(shingles: &[u32], band: usize) -> u64 {
    let smallest = |row: usize| {
        let function = combine(band as u64, row as u64);
        shingles.iter().map(|shingle| combine(function, u64::from(*shingle))).min().unwrap_or(0)
    };
    (0..ROWS).map(smallest).fold(0, combine)
}

/// Jaccard similarity of two ascending sets.
fn jaccard(a: &[u32], b: &[u32]) -> f32 {
    let both = a.iter().filter(|shingle| b.binary_search(shingle).is_ok()).count();
    both as f32 / (a.len() + b.len() - both).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_one_word_changed_is_a_near_duplicate_in_any_language() {
        let texts = [
            "I bought this umbrella for my daughter and she loves it, sturdy and very pretty, five stars from me",
            "I bought this umbrella for my sister and she loves it, sturdy and very pretty, five stars from me!",
            "The umbrella broke in the first storm, my daughter was wet to the skin and I want my money back",
            "这把雨伞质量非常好，面料厚实，抗风能力也很强，送货速度快，包装完好，值得大家购买",
            "这把雨伞质量非常好，面料厚实，抗风能力也很强，送货速度很快，包装完好，值得大家购买",
            "下雨天用了一次就坏了，伞骨断了两根，找客服也没有人回答，太让人失望了",
        ];
        assert_eq!(has_near_duplicate(&texts), [true, true, false, true, true, false]);
    }

    #[test]
    fn short_praise_is_no_near_duplicate() {
        assert_eq!(
            has_near_duplicate(&["Very good, thank you!", "Very good, thank you!", "很好", "很好", ""]),
            [false; 5]
        );
    }

    /// A random text, equal for equal numbers, with every `changed`-th word replaced.
    fn random_text(number: u64, changed: u64) -> String {
        let word = |at: u64| {
            let other = if changed > 0 && at % changed == changed - 1 { 7 } else { 0 };
            format!("w{} ", combine(combine(number, other), at) % 500)
        };
        (0..40).map(word).collect()
    }

    #[test]
    fn signatures_find_the_pairs_of_an_exhaustive_comparison() {
        let texts: Vec<String> =
            (0..400).map(|i| random_text(i / 2, [0, 25, 13, 4, 6][(i % 10 / 2) as usize] * (i % 2))).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let sets: Vec<Vec<u32>> = texts.iter().map(|text| shingles(text)).collect();
        let nearest = |i: usize| {
            let others = sets.iter().enumerate().filter(|(j, _)| *j != i);
            others.map(|(_, other)| jaccard(&sets[i], other)).fold(0.0, f32::max)
        };
        let (mut found, mut missed) = (0, 0);
        for (i, has_near_duplicate) in has_near_duplicate(&texts).into_iter().enumerate() {
            let is_duplicate = nearest(i) >= THRESHOLD;
            assert!(is_duplicate || !has_near_duplicate, "text {i} has no near-duplicate");
            found += usize::from(has_near_duplicate);
            missed += usize::from(is_duplicate && !has_near_duplicate);
        }
        assert!(found > 200 && missed * 50 <= found, "{found} found, {missed} missed");
    }
}
