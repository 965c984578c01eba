//! Text to words and hashed character n-grams, for Chinese and English, without a segmenter.
//!
//! Latin text is split at spaces, punctuation and between letters and digits; Chinese and Japanese text into single characters.
//! Everything that the comparison of two texts needs is computed once per text.

mod tokens;

use crate::hash::hash;
pub(crate) use tokens::is_cjk;
use tokens::{Token, stem, tokens};

const GRAM: u64 = 2;
const STEM: u64 = 3;

/// Stop words.
const STOP: [&str; 15] =
    ["with", "for", "in", "and", "by", "to", "of", "on", "the", "a", "at", "or", "from", "without", "x"];
/// Prepositions that end the head segment: what follows is not the product itself.
const HEAD_ENDS: [&str; 4] = ["with", "for", "without", "from"];

/// Kind of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A content word.
    Content,
    /// One ideograph or kana; also a content word.
    Cjk,
    /// A stop word.
    Stop,
    /// A word that begins with a digit.
    Number,
}

/// A word of a text. Its stem and bigrams are ranges of the text's pools.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Word {
    /// Hash of the stem.
    pub stem: u64,
    // A text has at most 2,000 characters, so 16 bits index its pools.
    text: (u16, u16),
    grams: (u16, u16),
    chars: u16,
    pub kind: Kind,
}

impl Word {
    /// True if it is neither a number nor a stop word.
    pub(crate) fn is_content(&self) -> bool {
        matches!(self.kind, Kind::Content | Kind::Cjk)
    }
}

/// An analysed text. About 1.5 KB for a title of 12 words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PreparedText {
    pub(crate) words: Vec<Word>,
    /// Normalised words with single spaces.
    pub(crate) normal: String,
    /// The same without spaces, so that "garden hose" matches "gardenhose".
    pub(crate) joined: String,
    /// Length of `joined` in characters.
    pub(crate) joined_chars: usize,
    /// Sorted hashes of the distinct character 3-grams of `joined`.
    pub(crate) grams3: Vec<u32>,
    /// Sorted hashes of the distinct character 4-grams of `joined`.
    pub(crate) grams4: Vec<u32>,
    /// Length of the head segment: words before the first preposition or bracket.
    pub(crate) head_words: usize,
    stems: String,
    bigrams: Vec<u32>,
}

impl PreparedText {
    /// Analyses the first [`windowshop_schema::dims::MAX_TEXT_CHARS`] characters of `text`.
    pub fn new(text: &str) -> Self {
        let mut out = Self::default();
        let mut head_ends = false;
        let mut last: Option<Kind> = None;
        for (i, token) in tokens(text).iter().enumerate() {
            head_ends |= i > 0
                && match token {
                    Token::Mark => true,
                    Token::Word(word) => ends_head(word, last),
                };
            last = match token {
                Token::Mark => None,
                Token::Word(word) => Some(out.push(word)),
            };
            if !head_ends {
                out.head_words = out.words.len();
            }
        }
        let chars: Vec<char> = out.joined.chars().collect();
        out.joined_chars = chars.len();
        out.grams3 = grams(&chars, 3);
        out.grams4 = grams(&chars, 4);
        out
    }

    fn push(&mut self, raw: &str) -> Kind {
        if !self.normal.is_empty() {
            self.normal.push(' ');
        }
        self.normal.push_str(raw);
        self.joined.push_str(raw);
        let stem = stem(raw);
        let first = stem.chars().next().unwrap_or(' ');
        let kind = match first {
            _ if first.is_ascii_digit() => Kind::Number,
            _ if is_cjk(first) => Kind::Cjk,
            _ if STOP.contains(&stem.as_str()) => Kind::Stop,
            _ => Kind::Content,
        };
        let padded: Vec<char> = std::iter::once('^').chain(stem.chars()).chain(std::iter::once('$')).collect();
        let mut bigrams: Vec<u32> = padded.windows(2).map(|w| (u32::from(w[0]) << 16) ^ u32::from(w[1])).collect();
        bigrams.sort_unstable();
        bigrams.dedup();
        self.words.push(Word {
            stem: hash(STEM, stem.as_bytes()),
            text: (self.stems.len() as u16, stem.len() as u16),
            grams: (self.bigrams.len() as u16, bigrams.len() as u16),
            chars: (padded.len() - 2) as u16,
            kind,
        });
        self.stems.push_str(&stem);
        self.bigrams.extend(bigrams);
        kind
    }

    /// True for a text without words.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The stem of one of this text's words.
    pub(crate) fn stem(&self, word: &Word) -> &str {
        &self.stems[usize::from(word.text.0)..][..usize::from(word.text.1)]
    }

    /// The head segment, which names the product; the whole text if it is empty.
    pub(crate) fn head_segment(&self) -> &[Word] {
        if self.head_words == 0 { &self.words } else { &self.words[..self.head_words] }
    }

    /// Position of the head word: the last content word of [`Self::head_segment`].
    pub(crate) fn head(&self) -> Option<usize> {
        self.head_segment().iter().rposition(Word::is_content)
    }

    fn bigrams(&self, word: &Word) -> &[u32] {
        &self.bigrams[usize::from(word.grams.0)..][..usize::from(word.grams.1)]
    }
}

/// True if the head segment ends before this word. "in" after a number means inch and does not end it.
pub(crate) fn ends_head(word: &str, before: Option<Kind>) -> bool {
    HEAD_ENDS.contains(&word) || (word == "in" && before != Some(Kind::Number))
}

fn grams(chars: &[char], length: usize) -> Vec<u32> {
    let mut out: Vec<u32> = chars.windows(length).map(gram).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// Hash of a few characters.
pub(crate) fn gram(chars: &[char]) -> u32 {
    let mix = |h: u64, c: &char| (h ^ u64::from(*c)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    (chars.iter().fold(GRAM, mix).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// Number of common elements of two sorted lists.
pub(crate) fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        common += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    common
}

/// Smaller similarities count as 0.
const MIN_SIMILARITY: f32 = 0.45;
/// Shorter words match only if equal.
const MIN_CHARS: u16 = 3;

/// Similarity of two words, 0 to 1: 1 for equal stems, else the larger of the Dice coefficient of their character bigrams and, if
/// one is a prefix or suffix of the other, a function of their length ratio. Different numbers have 0.
pub(crate) fn similarity(a: (&PreparedText, &Word), b: (&PreparedText, &Word)) -> f32 {
    let ((a_text, a), (b_text, b)) = (a, b);
    if a.stem == b.stem {
        return 1.0;
    }
    if a.kind == Kind::Number || b.kind == Kind::Number || a.chars < MIN_CHARS || b.chars < MIN_CHARS {
        return 0.0;
    }
    let (x, y) = (a_text.bigrams(a), b_text.bigrams(b));
    let dice = 2.0 * shared(x, y) as f32 / (x.len() + y.len()) as f32;
    let (short, long) = if a.chars <= b.chars { (a, b) } else { (b, a) };
    let (short_stem, long_stem) =
        if a.chars <= b.chars { (a_text.stem(a), b_text.stem(b)) } else { (b_text.stem(b), a_text.stem(a)) };
    let contained = long_stem.starts_with(short_stem) || long_stem.ends_with(short_stem);
    let share = if contained { 0.5 + 0.5 * f32::from(short.chars) / f32::from(long.chars) } else { 0.0 };
    let value = dice.max(share);
    if value < MIN_SIMILARITY { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use windowshop_schema::dims::MAX_TEXT_CHARS;

    fn words(text: &str) -> Vec<String> {
        let text = PreparedText::new(text);
        text.normal.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect()
    }

    fn head(text: &str) -> String {
        let text = PreparedText::new(text);
        text.head().map(|at| text.stem(&text.words[at]).to_owned()).unwrap_or_default()
    }

    fn likeness(a: &str, b: &str) -> f32 {
        let (a, b) = (PreparedText::new(a), PreparedText::new(b));
        similarity((&a, &a.words[0]), (&b, &b.words[0]))
    }

    #[test]
    fn latin_words_split_at_punctuation_and_between_letters_and_digits() {
        assert_eq!(words("Anvil Strong-Tie 12-Gauge Angle"), ["anvil", "strong", "tie", "12", "gauge", "angle"]);
        assert_eq!(words("1.5in PVC, men's"), ["1.5", "in", "pvc", "mens"]);
    }

    #[test]
    fn units_are_spelled_one_way() {
        assert_eq!(words("6\" x 3' 18V 3/8 inches"), ["6", "in", "x", "3", "ft", "18", "volt", "3/8", "in"]);
        assert_eq!(words("6″ 1½ feet"), ["6", "in", "1", "1/2", "ft"]);
    }

    #[test]
    fn html_entities_are_decoded() {
        assert_eq!(words("Painter&#39;s Tape &amp; 2&quot; Roll &#8482;"), ["painters", "tape", "2", "in", "roll"]);
        assert_eq!(words("a & b; c &"), ["a", "b", "c"]);
    }

    #[test]
    fn chinese_needs_no_segmenter() {
        assert_eq!(words("红色雨伞 XL"), ["红", "色", "雨", "伞", "xl"]);
    }

    #[test]
    fn full_width_and_case_do_not_matter() {
        assert_eq!(PreparedText::new("ＵＳＢ　Ｃ（黑）"), PreparedText::new("usb c(黑)"));
    }

    #[test]
    fn plurals_share_a_stem() {
        for (a, b) in [("umbrellas", "umbrella"), ("brushes", "brush"), ("batteries", "battery"), ("fitted", "fitting")]
        {
            assert_eq!(PreparedText::new(a).words[0].stem, PreparedText::new(b).words[0].stem, "{a}");
        }
    }

    #[test]
    fn the_head_word_is_the_last_content_word_before_a_preposition_or_bracket() {
        assert_eq!(head("Acme 6 in. Garden Hoses with Cover"), "hos");
        assert_eq!(head("Acme Drill (Battery Pack)"), "drill");
        assert_eq!(head("Acme Bag in Blue"), "bag");
        assert_eq!(head("2 for 1"), "");
    }

    #[test]
    fn misspelt_and_joined_words_are_similar_and_numbers_are_not() {
        assert!(likeness("umbrela", "umbrella") > 0.8);
        assert!(likeness("door", "doorbell") > 0.7);
        assert_eq!(likeness("1000", "1001"), 0.0);
        assert_eq!(likeness("hose", "drill"), 0.0);
    }

    #[test]
    fn emoji_and_huge_texts_are_harmless() {
        assert!(PreparedText::new("🎈🎉").is_empty());
        for part in ["word ", "v ", "1\"", "İ", "ﷺ", "&", "&#39;", "红"] {
            let text = PreparedText::new(&part.repeat(100_000 / part.len()));
            assert!(text.words.len() <= 2 * MAX_TEXT_CHARS, "{part}");
            assert_eq!(text.words.len(), text.normal.split(' ').filter(|w| !w.is_empty()).count(), "{part}");
            assert!(text.words.iter().all(|word| !text.stem(word).is_empty()), "{part}");
        }
    }

    #[test]
    fn nothing_beyond_the_limit_is_read() {
        for part in ["word ", "红", "é", "🎈 ", "12 in. "] {
            let limit: String = part.chars().cycle().take(MAX_TEXT_CHARS).collect();
            let huge = part.repeat(100_000 / part.len());
            assert_eq!(PreparedText::new(&huge), PreparedText::new(&limit), "{part}");
        }
        // All of these marks belong to one letter.
        let marks = format!("e{}", "\u{301}".repeat(50_000));
        assert_eq!(PreparedText::new(&(marks.clone() + " lamp")), PreparedText::new(&marks));
    }

    #[test]
    fn a_title_is_small() {
        let title = PreparedText::new("Acme 6 in. x 50 ft. Blue Plastic Garden Hose Reel with Cover (2-Pack)");
        let bytes = size_of::<PreparedText>()
            + title.words.len() * size_of::<Word>()
            + title.normal.len()
            + title.joined.len()
            + title.stems.len()
            + 4 * (title.grams3.len() + title.grams4.len() + title.bigrams.len());
        assert!(bytes < 2_000, "{bytes} bytes");
    }
}
