//! Features that are constant within a list: the query, how well the list matches it, and what is known.

use crate::{
    groups::query_match::{self, query::Query},
    matrix::Matrix,
    text::PreparedText,
    text_statistics::TextStatistics,
};

const NAMES: [&str; 19] = [
    // Unknown without a query.
    "query_words",
    "query_content_words",
    "query_chars",
    "query_idf_mean",
    "query_idf_max",
    "query_idf_min",
    "query_head_idf",
    "query_head_count",
    "list_words",
    "list_fuzzy_mean",
    "list_fuzzy_max",
    "list_g3_mean",
    "list_g3_max",
    "list_soft_mean",
    "list_soft_max",
    // Always known.
    "log_session_events",
    "log_items",
    "has_query",
    "has_session",
];
const QUERY: usize = 8;
const LIST: usize = 15;

/// Names of the columns of [`features`].
pub fn names() -> Vec<String> {
    NAMES.iter().map(|name| (*name).to_owned()).collect()
}

/// The context, `[1, context]`; NaN where unknown. `matches` is the output of [`query_match::features`] for the `items` items of
/// the list.
pub fn features(
    query: Option<&PreparedText>,
    matches: &Matrix,
    session_events: usize,
    items: usize,
    text: &TextStatistics,
) -> Matrix {
    let mut out = Matrix::unknown(1, NAMES.len());
    let cells = out.row_mut(0);
    let query = query.and_then(|query| Query::new(query, text));
    if let Some(query) = &query {
        cells[..QUERY].copy_from_slice(&of_query(query, text));
        let (_, list_words) = mean_and_max(matches, query_match::LIST_WORDS);
        cells[QUERY] = list_words;
        let pooled = [query_match::FUZZY, query_match::G3, query_match::SOFT];
        for (pair, column) in cells[QUERY + 1..LIST].chunks_exact_mut(2).zip(pooled) {
            let (mean, max) = mean_and_max(matches, column);
            pair.copy_from_slice(&[mean, max]);
        }
    }
    cells[LIST..].copy_from_slice(&[
        (session_events as f32).ln_1p(),
        (items as f32).ln_1p(),
        f32::from(query.is_some()),
        f32::from(session_events > 0),
    ]);
    out
}

fn of_query(query: &Query, text: &TextStatistics) -> [f32; QUERY] {
    let idf = || query.words.iter().map(|word| word.idf);
    let head = &query.words[query.head];
    [
        query.text.words.len() as f32,
        query.words.len() as f32,
        query.text.joined_chars as f32,
        idf().sum::<f32>() / query.words.len() as f32,
        idf().fold(f32::MIN, f32::max),
        idf().fold(f32::MAX, f32::min),
        head.idf,
        text.head(head.row),
    ]
}

/// Mean and maximum of the known values of a column; NaN where there is none.
fn mean_and_max(matrix: &Matrix, column: usize) -> (f32, f32) {
    let (mut count, mut sum, mut max) = (0.0, 0.0, f32::NAN);
    for value in matrix.column(column).filter(|value| value.is_finite()) {
        count += 1.0;
        sum += value;
        max = value.max(max);
    }
    (if count > 0.0 { sum / count } else { f32::NAN }, max)
}
