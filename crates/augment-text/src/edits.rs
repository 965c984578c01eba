//! What was done to a text, so that it can be done again.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// A piece of a text that was put in place of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// First byte of the piece, in the text as the action found it.
    pub at: usize,
    /// What stood there.
    pub removed: String,
    /// What stands there now.
    pub inserted: String,
}

/// What one operator did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextAction {
    /// The operator's name.
    pub action: String,
    /// From the start of the text to its end, none overlapping another.
    pub edits: Vec<Edit>,
}

/// What was done to a text, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextRecord {
    /// The operators that changed something.
    pub actions: Vec<TextAction>,
}

impl TextRecord {
    /// Does the same again.
    ///
    /// # Errors
    /// Another text than the recorded one.
    pub fn replay(&self, text: &str) -> Result<String> {
        self.actions.iter().try_fold(text.to_owned(), |text, action| action.replay(&text))
    }
}

impl TextAction {
    /// Does this one action again.
    pub(crate) fn replay(&self, text: &str) -> Result<String> {
        let (mut out, mut done) = (String::with_capacity(text.len()), 0);
        for edit in &self.edits {
            let end = edit.at.saturating_add(edit.removed.len());
            if edit.at < done || text.get(edit.at..end) != Some(edit.removed.as_str()) {
                return Err(Error::Record {
                    culprit: format!("{} at byte {}", self.action, edit.at),
                    found: "another text".to_owned(),
                    expected: format!("{:?}", edit.removed),
                });
            }
            out += text.get(done..edit.at).unwrap_or_default();
            out += &edit.inserted;
            done = end;
        }
        Ok(out + &text[done..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_than_the_recorded_one_is_refused() {
        let edit = |at, removed: &str| Edit { at, removed: removed.into(), inserted: "é".into() };
        let replay = |edits: Vec<Edit>, text: &str| {
            TextRecord { actions: vec![TextAction { action: "keyboard".into(), edits }] }.replay(text)
        };
        assert_eq!(replay(vec![edit(0, "好"), edit(4, "x")], "好 x.").unwrap(), "é é.");
        for (edits, text) in [
            (vec![edit(0, "a")], "b"),
            (vec![edit(9, "a")], "b"),
            (vec![edit(1, "a")], "好"),
            (vec![edit(usize::MAX, "a")], "a"),
            (vec![edit(1, "b"), edit(0, "a")], "ab"),
        ] {
            let error = replay(edits, text).unwrap_err().to_string();
            assert!(error.starts_with("record: keyboard at byte"), "{error}");
        }
    }
}
