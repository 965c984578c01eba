//! A text in pieces that operators may change, and pieces that they may not.

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters of an alphabet, with apostrophes between them.
    Word,
    /// One Chinese character.
    Ideograph,
    /// A number, a name such as "3xl", or a word of another script.
    Fixed,
    /// A space or a mark.
    Gap,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    /// Its first byte.
    pub at: usize,
    pub text: &'a str,
    pub kind: Kind,
    /// Is it a negation, or what one negates?
    pub kept: bool,
}

impl Token<'_> {
    /// May an operator change it?
    pub fn is_free(&self, kind: Kind) -> bool {
        self.kind == kind && !self.kept
    }
}

pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4dbf | 0x4e00..=0x9fff)
}

/// Latin, Greek and Cyrillic letters: scripts whose words have spaces between them.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() && u32::from(c) < 0x590
}

/// What makes a word of letters something that nobody knows how to misspell.
fn is_fixed(c: char) -> bool {
    let accent = matches!(u32::from(c), 0x300..=0x36f);
    !is_ideograph(c) && !is_letter(c) && (c.is_alphanumeric() || accent)
}

/// The pieces of a text, in order, without a gap between them.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out: Vec<Token<'_>> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, first)) = chars.next() {
        let mut end = at + first.len_utf8();
        let mut kind = match first {
            c if is_ideograph(c) => Kind::Ideograph,
            c if is_fixed(c) => Kind::Fixed,
            c if is_letter(c) => Kind::Word,
            _ => Kind::Gap,
        };
        if matches!(kind, Kind::Word | Kind::Fixed) {
            while let Some(&(next, c)) = chars.peek() {
                let after = text[next + c.len_utf8()..].chars().next();
                let joins = is_letter(c) || is_fixed(c) || is_apostrophe(c) && after.is_some_and(is_letter);
                if !joins {
                    break;
                }
                if is_fixed(c) {
                    kind = Kind::Fixed;
                }
                end = next + c.len_utf8();
                chars.next();
            }
        }
        out.push(Token { at, text: &text[at..end], kind, kept: false });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_characters_and_what_stays_as_it_is_are_told_apart() {
        let found: Vec<(&str, Kind)> =
            tokens("I don't fit 3XL, 很好ок ありがとう").iter().map(|token| (token.text, token.kind)).collect();
        use Kind::{Fixed, Gap, Ideograph, Word};
        let expected = [
            ("I", Word),
            (" ", Gap),
            ("don't", Word),
            (" ", Gap),
            ("fit", Word),
            (" ", Gap),
            ("3XL", Fixed),
            (",", Gap),
            (" ", Gap),
            ("很", Ideograph),
            ("好", Ideograph),
            ("ок", Word),
            (" ", Gap),
            ("ありがとう", Fixed),
        ];
        assert_eq!(found, expected);
    }
}
