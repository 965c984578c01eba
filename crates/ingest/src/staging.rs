//! The staging tables between reading and writing. Each kind of store fills some; the others are empty.

use crate::error::IngestError;
use crate::plan::Plans;
use crate::sql::Sql;

/// Products: `ord, id, title, text, category, price, rating, rating_count, image, image_embedding` (space-separated numbers).
pub(crate) const CATALOGUE: &str = "catalogue";
/// Products known by title only, same columns.
pub(crate) const GRADED_CATALOGUE: &str = "graded_catalogue";
/// `list, key, query, position, item_id, grade`.
pub(crate) const LIST_ROWS: &str = "list_rows";
/// The next item: `list, item_id`.
pub(crate) const LIST_TARGETS: &str = "list_targets";
/// The visitor of a list and, if known, the time: `list, user_hash, time_ms`.
pub(crate) const LIST_VIEWS: &str = "list_views";
/// The session before a list: `list, seq, item_id, kind, age_s`.
pub(crate) const LIST_EVENTS: &str = "list_events";
/// Candidates of other retrievers: `list, item_id`.
pub(crate) const LIST_TRAINING: &str = "list_training";
/// `ord, user_hash, session, seq, item_id, kind, has_list, held_out, is_target`.
pub(crate) const HISTORY_ROWS: &str = "history_rows";
/// All interactions of an event log: `user_hash, ord, item_id, kind, time_ms`, and the list that they answer, `list`.
pub(crate) const INTERACTION_ROWS: &str = "interaction_rows";

/// The photos of items: `item, bytes`. Filled after the items are numbered.
pub(crate) const ITEM_PHOTO_ROWS: &str = "item_photo_rows";
/// `ord, text, category, sentiment, item_id, stars, repeated`.
pub(crate) const REVIEW_ROWS: &str = "review_rows";
/// `row, label, key, period`, and the cells.
pub(crate) const TABLE_ROWS: &str = "table_rows";
/// `ord, label, is_test, width, height, channels, bytes`.
pub(crate) const PHOTO_ROWS: &str = "photo_rows";

const PRODUCT: &str = "0 AS ord, '' AS id, '' AS title, '' AS text, '' AS category, 0.0 AS price, 0.0 AS rating, 0.0 AS rating_count, '' AS image, '' AS image_embedding";

const SHAPES: [(&str, &str); 13] = [
    (CATALOGUE, PRODUCT),
    (GRADED_CATALOGUE, PRODUCT),
    (LIST_ROWS, "0 AS list, '' AS key, '' AS query, 0 AS position, '' AS item_id, 0.0 AS grade"),
    (ITEM_PHOTO_ROWS, "0 AS item, arrow_cast('', 'Binary') AS bytes"),
    (LIST_TARGETS, "0 AS list, '' AS item_id"),
    (LIST_VIEWS, "0 AS list, '' AS user_hash, 0 AS time_ms"),
    (LIST_EVENTS, "0 AS list, 0 AS seq, '' AS item_id, '' AS kind, 0.0 AS age_s"),
    (LIST_TRAINING, "0 AS list, '' AS item_id"),
    (INTERACTION_ROWS, "'' AS user_hash, 0 AS ord, '' AS item_id, '' AS kind, 0 AS time_ms, 0 AS list"),
    (
        REVIEW_ROWS,
        "0 AS ord, '' AS text, '' AS category, '' AS sentiment, '' AS item_id, 0.0 AS stars, false AS repeated",
    ),
    (TABLE_ROWS, "0 AS row, '' AS label, '' AS key, 0 AS period"),
    (
        PHOTO_ROWS,
        "0 AS ord, '' AS label, false AS is_test, 0 AS width, 0 AS height, 0 AS channels, arrow_cast('', 'Binary') AS bytes",
    ),
    (
        HISTORY_ROWS,
        "0 AS ord, '' AS user_hash, 0 AS session, 0 AS seq, '' AS item_id, '' AS kind, false AS has_list, false AS held_out, false AS is_target",
    ),
];

/// Makes the missing staging tables, empty.
pub(crate) fn fill_missing(plans: &Plans) -> Result<(), IngestError> {
    for (name, _) in SHAPES {
        if name != ITEM_PHOTO_ROWS && !plans.has(name) {
            empty(plans, name, name)?;
        }
    }
    Ok(())
}

/// Makes an empty table in the shape of a staging table.
pub(crate) fn empty(plans: &Plans, name: &str, shape: &str) -> Result<(), IngestError> {
    let columns = SHAPES.iter().find(|(table, _)| *table == shape).map_or("", |(_, columns)| columns);
    plans.view(name, &Sql::new(&format!("SELECT * FROM (SELECT {columns}) WHERE false")))
}
