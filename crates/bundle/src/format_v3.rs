//! Bundle format 3: format 4 changed names and nothing else.

/// The format.
pub(crate) const VERSION: u32 = 3;

/// Old and new names of groups, columns and signals.
const NAMES: [(&str, &str); 5] = [
    ("look", "visual"),
    ("look_mean_similarity", "visual_mean_similarity"),
    ("look_best_similarity", "visual_best_similarity"),
    ("look_last_similarity", "visual_last_similarity"),
    ("review_tone", "review_sentiment"),
];

/// Old and new starts of the names of tensors.
const TENSORS: [(&str, &str); 3] =
    [("look.", "visual."), ("looks", "image_embeddings"), ("signals.review_tone", "signals.review_sentiment")];

/// A manifest without white space in the names of format 4.
///
/// Every key and every array element that is an old name changes. Other strings do not: inside a string the quotes are escaped,
/// and the value of a key follows a colon.
pub(crate) fn manifest(compact: &str) -> String {
    let mut text = String::with_capacity(compact.len());
    let mut before = "";
    for (i, between_quotes) in compact.split('"').enumerate() {
        if i > 0 {
            text.push('"');
        }
        let renamed = NAMES.iter().find(|(old, _)| *old == between_quotes && before.ends_with(['{', '[', ',']));
        text.push_str(renamed.map_or(between_quotes, |(_, new)| new));
        before = between_quotes;
    }
    text
}

/// The name of a tensor of the ranker or of its statistics in format 4.
pub(crate) fn tensor(name: &str) -> String {
    let renamed = |&(old, new): &(&str, &str)| Some([new, name.strip_prefix(old)?].concat());
    TENSORS.iter().find_map(renamed).unwrap_or_else(|| name.to_owned())
}
