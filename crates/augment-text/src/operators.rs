//! What may be done to a text: each operator looks at its pieces and says what to put in place of which.

use windowshop_augment::Draws;

use crate::{
    edits::Edit,
    homophones, keyboard,
    tokens::{Kind, Token, is_apostrophe},
};

/// An operator as a policy names it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OperatorDescription {
    /// Value of `operator` in the policy.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// `max_fraction` where the policy names none: the share of what it looks at that changes at strength 1.
    pub max_fraction: f64,
    operator: Operator,
}

/// Every operator.
pub const OPERATORS: &[OperatorDescription] = &[
    OperatorDescription {
        name: "character_drop",
        about: "Leaves out letters of words, never the first.",
        max_fraction: 0.1,
        operator: Operator::CharacterDrop,
    },
    OperatorDescription {
        name: "character_swap",
        about: "Swaps neighbouring letters of words, never the first, and neighbouring Chinese characters.",
        max_fraction: 0.1,
        operator: Operator::CharacterSwap,
    },
    OperatorDescription {
        name: "keyboard",
        about: "Replaces letters by those on the keys beside them (QWERTY).",
        max_fraction: 0.1,
        operator: Operator::Keyboard,
    },
    OperatorDescription {
        name: "homophone",
        about: "Replaces Chinese characters by common ones of the same syllable, and English words by ones that sound alike.",
        max_fraction: 0.1,
        operator: Operator::Homophone,
    },
    OperatorDescription {
        name: "word_drop",
        about: "Leaves out words, and of Chinese one or two characters; never all of them.",
        max_fraction: 0.2,
        operator: Operator::WordDrop,
    },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    CharacterDrop,
    CharacterSwap,
    Keyboard,
    Homophone,
    WordDrop,
}

/// Shorter words are misread rather than misspelled.
const MIN_LETTERS: usize = 4;

impl OperatorDescription {
    /// What to change of a text, each place with this probability.
    pub(crate) fn edits(&self, tokens: &[Token<'_>], probability: f64, draws: &mut Draws) -> Vec<Edit> {
        match self.operator {
            Operator::CharacterDrop => respelled(tokens, |letters| drop_letters(letters, probability, draws)),
            Operator::CharacterSwap => swap(tokens, probability, draws),
            Operator::Keyboard => respelled(tokens, |letters| mistype(letters, probability, draws)),
            Operator::Homophone => sound_alike(tokens, probability, draws),
            Operator::WordDrop => drop_words(tokens, probability, draws),
        }
    }
}

fn edit(token: &Token<'_>, inserted: String) -> Edit {
    Edit { at: token.at, removed: token.text.to_owned(), inserted }
}

/// Words as `spell` spells them.
fn respelled(tokens: &[Token<'_>], mut spell: impl FnMut(&[char]) -> String) -> Vec<Edit> {
    let words = tokens.iter().filter(|token| token.is_free(Kind::Word));
    let changed = words.filter_map(|token| {
        let spelled = spell(&token.text.chars().collect::<Vec<char>>());
        (spelled != token.text).then(|| edit(token, spelled))
    });
    changed.collect()
}

fn drop_letters(letters: &[char], probability: f64, draws: &mut Draws) -> String {
    if letters.len() < MIN_LETTERS {
        return letters.iter().collect();
    }
    let stays = |at: usize, draws: &mut Draws| at == 0 || !draws.chance(probability);
    letters.iter().enumerate().filter(|(at, _)| stays(*at, draws)).map(|(_, letter)| letter).collect()
}

fn mistype(letters: &[char], probability: f64, draws: &mut Draws) -> String {
    let typed = |&letter: &char| {
        let near = keyboard::neighbours(letter);
        match !near.is_empty() && draws.chance(probability) {
            true => near[draws.below(near.len() as u32) as usize],
            false => letter,
        }
    };
    letters.iter().map(typed).collect()
}

fn swap_letters(letters: &[char], probability: f64, draws: &mut Draws) -> String {
    let mut letters = letters.to_vec();
    let mut at = 1;
    while letters.len() >= MIN_LETTERS && at + 1 < letters.len() {
        let apostrophe = is_apostrophe(letters[at]) || is_apostrophe(letters[at + 1]);
        if !apostrophe && draws.chance(probability) {
            letters.swap(at, at + 1);
            at += 1;
        }
        at += 1;
    }
    letters.into_iter().collect()
}

fn swap(tokens: &[Token<'_>], probability: f64, draws: &mut Draws) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut rest = tokens;
    while let [token, after @ ..] = rest {
        rest = after;
        if token.is_free(Kind::Word) {
            edits.extend(respelled(std::slice::from_ref(token), |letters| swap_letters(letters, probability, draws)));
        } else if let ([next, further @ ..], true) = (after, token.is_free(Kind::Ideograph))
            && next.is_free(Kind::Ideograph)
            && token.text != next.text
            && draws.chance(probability)
        {
            edits.extend([edit(token, next.text.to_owned()), edit(next, token.text.to_owned())]);
            rest = further;
        }
    }
    edits
}

fn sound_alike(tokens: &[Token<'_>], probability: f64, draws: &mut Draws) -> Vec<Edit> {
    let candidates = |token: &Token<'_>| match token.kind {
        Kind::Word => homophones::of_word(token.text),
        _ => token.text.chars().flat_map(homophones::of_character).map(String::from).collect(),
    };
    let free = tokens.iter().filter(|token| token.is_free(Kind::Word) || token.is_free(Kind::Ideograph));
    let changed = free.filter_map(|token| {
        // Looked up only where it is needed: most pieces stay as they are.
        let (wanted, which) = (draws.chance(probability), draws.unit());
        let mut candidates = if wanted { candidates(token) } else { Vec::new() };
        let at = (which * candidates.len() as f64) as usize;
        (!candidates.is_empty()).then(|| edit(token, candidates.swap_remove(at)))
    });
    changed.collect()
}

fn drop_words(tokens: &[Token<'_>], probability: f64, draws: &mut Draws) -> Vec<Edit> {
    let mut dropped = vec![false; tokens.len()];
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.is_free(Kind::Word) && draws.chance(probability) {
            dropped[at] = true;
            // A space goes with its word.
            let is_space = |at: usize| tokens.get(at).is_some_and(|token| token.text == " ");
            if is_space(at + 1) {
                dropped[at + 1] = true;
            } else if at > 0 && is_space(at - 1) {
                dropped[at - 1] = true;
            }
        } else if token.is_free(Kind::Ideograph) && draws.chance(probability) {
            dropped[at] = true;
            if draws.chance(0.5) && tokens.get(at + 1).is_some_and(|next| next.is_free(Kind::Ideograph)) {
                dropped[at + 1] = true;
                at += 1;
            }
        }
        at += 1;
    }
    let left = tokens.iter().zip(&dropped).any(|(token, dropped)| token.kind != Kind::Gap && !dropped);
    let gone = tokens.iter().zip(&dropped).filter(|(_, dropped)| **dropped && left);
    gone.map(|(token, _)| edit(token, String::new())).collect()
}
