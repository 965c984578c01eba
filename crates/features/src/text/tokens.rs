//! Tokeniser and light English stemmer.

use unicode_normalization::UnicodeNormalization;
use windowshop_schema::dims::MAX_TEXT_CHARS;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A word, a number or one ideograph.
    Word(String),
    /// A bracket, comma or semicolon, which ends the head segment.
    Mark,
}

/// True for ideographs and kana, which are written without spaces. Korean has spaces.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x323af)
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !c.is_ascii_digit() && !is_cjk(c)
}

/// Canonical spelling of units and colours.
fn same_spelling(word: &str) -> &str {
    match word {
        "inch" | "inches" => "in",
        "feet" | "foot" => "ft",
        "gallon" | "gallons" => "gal",
        "ounce" | "ounces" => "oz",
        "pound" | "pounds" | "lbs" => "lb",
        "volts" | "v" => "volt",
        "amps" => "amp",
        "watts" | "w" => "watt",
        "square" => "sq",
        "grey" => "gray",
        "yard" | "yards" => "yd",
        "cubic" => "cu",
        "quart" | "quarts" => "qt",
        _ => word,
    }
}

/// Characters that are read before normalisation, which may compose several into one. Without this bound NFKC would sort a long
/// run of combining marks as a whole.
const MAX_READ_CHARS: usize = 4 * MAX_TEXT_CHARS;

/// Lower-case characters in NFKC with HTML entities decoded, at most [`MAX_TEXT_CHARS`].
fn normalise(text: &str) -> Vec<char> {
    let plain = text.chars().take(MAX_READ_CHARS).flat_map(|c| {
        // "1½" would become "11/2".
        let gap = matches!(c, '¼'..='¾' | '⅐'..='⅞').then_some(' ');
        gap.into_iter().chain(std::iter::once(match c {
            '’' | '′' => '\'',
            '”' | '″' => '"',
            _ => c,
        }))
    });
    let chars: Vec<char> = plain.nfkc().take(MAX_TEXT_CHARS).flat_map(char::to_lowercase).collect();
    let (mut out, mut i) = (Vec::with_capacity(chars.len()), 0);
    while i < chars.len() {
        match entity(&chars[i..]) {
            Some((c, length)) => {
                out.push(c);
                i += length;
            }
            None => {
                out.push(chars[i]);
                i += 1;
            }
        }
    }
    out
}

/// The HTML entity at the start of `chars` and its length. Product feeds often contain them.
fn entity(chars: &[char]) -> Option<(char, usize)> {
    if *chars.first()? != '&' {
        return None;
    }
    // The longest name in HTML has 32 characters.
    let end = chars.iter().take(40).position(|c| *c == ';')?;
    let name = String::from_iter(&chars[1..end]);
    match name.as_str() {
        "quot" => Some(('"', end + 1)),
        "#39" | "apos" => Some(('\'', end + 1)),
        _ => {
            let digits = name.strip_prefix('#').map(str::as_bytes);
            let ok = match digits {
                Some(digits) => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
                None => !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase()),
            };
            ok.then_some((' ', end + 1))
        }
    }
}

/// Splits a text into tokens.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars = normalise(text);
    let at = |i: usize| chars.get(i).copied().unwrap_or(' ');
    let (mut out, mut i) = (Vec::new(), 0);
    while i < chars.len() {
        let start = i;
        let c = chars[i];
        i += 1;
        if is_cjk(c) {
            out.push(Token::Word(c.to_string()));
        } else if c.is_ascii_digit() {
            // "1.5" and "3/8" are one number.
            while at(i).is_ascii_digit() || (matches!(at(i), '.' | '/' | '⁄') && at(i + 1).is_ascii_digit()) {
                i += 1;
            }
            out.push(Token::Word(chars[start..i].iter().map(|c| if *c == '⁄' { '/' } else { *c }).collect()));
            let unit = match at(i) {
                '"' => Some("in"),
                '\'' => Some("ft"),
                _ => None,
            };
            if let Some(unit) = unit {
                out.push(Token::Word(unit.to_owned()));
                i += 1;
            }
        } else if is_letter(c) {
            // "men's" is one word; its apostrophe is dropped.
            while is_letter(at(i)) || (at(i) == '\'' && at(i + 1).is_alphabetic()) {
                i += 1;
            }
            let word: String = chars[start..i].iter().filter(|c| **c != '\'').collect();
            out.push(Token::Word(same_spelling(&word).to_owned()));
        } else if matches!(c, '(' | ',' | ';') {
            out.push(Token::Mark);
        }
    }
    out
}

/// Light English stemming: plural, -ing, -ed, a doubled last consonant and a last e.
pub(super) fn stem(word: &str) -> String {
    let mut stem = word.to_owned();
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return stem;
    }
    let bytes = word.as_bytes();
    let before = |k: usize| bytes[bytes.len() - k];
    if word.len() >= 5 && word.ends_with("ies") {
        stem.truncate(word.len() - 3);
        stem.push('y');
    } else if word.len() >= 5
        && word.ends_with("es")
        && (matches!(before(3), b's' | b'x' | b'z') || (before(3) == b'h' && matches!(before(4), b'c' | b's')))
    {
        stem.truncate(word.len() - 2);
    } else if before(1) == b's' && !matches!(before(2), b's' | b'u' | b'i') {
        stem.pop();
    }
    if stem.len() >= 6 && stem.ends_with("ing") {
        stem.truncate(stem.len() - 3);
    } else if stem.len() >= 5 && stem.ends_with("ed") {
        stem.truncate(stem.len() - 2);
    }
    let last = |stem: &str, k: usize| stem.as_bytes()[stem.len() - k];
    if stem.len() >= 4
        && last(&stem, 1) == last(&stem, 2)
        && !matches!(last(&stem, 1), b'a' | b'e' | b'i' | b'o' | b'u' | b'l' | b's')
    {
        stem.pop();
    }
    if stem.len() >= 5 && stem.ends_with('e') {
        stem.pop();
    }
    stem
}
