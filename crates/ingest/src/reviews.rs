//! Reviews with their sentiment: table `review_rows (ord, text, category, sentiment, item_id, stars, repeated)`.

use windowshop_schema::store::Reviews;

use crate::columns::column;
use crate::error::IngestError;
use crate::job::Job;
use crate::source;
use crate::sql::{Sql, clean_text, quoted};
use crate::staging::REVIEW_ROWS;

const TABLE: &str = "reviews";

/// Reads and checks the reviews, if the store has any.
pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(reviews) = &job.store.reviews else { return Ok(()) };
    let Reviews { file, text, label, rating, category, item } = reviews;
    if text.is_empty() || (label.is_none() && rating.is_none()) {
        let problem =
            "[reviews]: found no text column, or neither label nor rating; expected text = [\"…\"] and one of the two";
        return Err(IngestError::Store(problem.into()));
    }
    job.step("reviews", file);
    let mut columns: Vec<_> = text.iter().map(|name| column("reviews.text", name)).collect();
    let optional =
        [("reviews.label", label), ("reviews.rating", rating), ("reviews.category", category), ("reviews.item", item)];
    columns.extend(optional.iter().filter_map(|(setting, name)| name.as_ref().map(|name| column(setting, name))));
    source::open(&job.plans, "raw_reviews", "reviews.file", &job.file(file), true, &columns)?;
    let texts: Vec<String> = text.iter().map(|name| clean_text(&quoted(name))).collect();
    let checked = Sql::new(include_str!("sql/reviews/checked.sql"))
        .raw("text", &texts.join(" || chr(10) || "))
        .raw("has_label", if label.is_some() { "true" } else { "false" })
        .optional_column("label", label.as_deref())
        .optional_column("rating", rating.as_deref())
        .optional_column("category", category.as_deref())
        .optional_column("item", item.as_deref());
    job.plans.make("reviews_checked", &checked)?;
    job.report.count_dropped(&job.plans, "reviews_checked", TABLE)?;
    job.report.require_rows(TABLE, file)?;
    let kept = "SELECT row AS ord, text, category, sentiment, item_id, stars, repeated FROM reviews_checked WHERE reason IS NULL";
    job.plans.make(REVIEW_ROWS, &Sql::new(kept))
}

/// Warns of reviews without a known item, after the items are numbered.
pub(crate) fn warn(job: &mut Job<'_>) -> Result<(), IngestError> {
    if job.store.reviews.as_ref().is_none_or(|reviews| reviews.item.is_none()) {
        return Ok(());
    }
    job.plans.view("reviews_without_item", &Sql::new(include_str!("sql/reviews/without_item.sql")))?;
    job.report.warn(&job.plans, "reviews_without_item", TABLE)
}
