//! Numbers items and lists: tables `item_numbers` and `list_numbers`.

use crate::error::IngestError;
use crate::job::Job;
use crate::reviews;
use crate::sql::Sql;

pub(crate) fn number(job: &mut Job<'_>) -> Result<(), IngestError> {
    job.step("items", "");
    job.plans.make("item_numbers", &Sql::new(include_str!("sql/items.sql")))?;
    job.plans.make("list_numbers", &Sql::new(include_str!("sql/list_numbers.sql")))?;
    if job.store.catalogue.is_some() {
        job.plans.view("unknown_items", &Sql::new(include_str!("sql/unknown_items.sql")))?;
        job.report.warn(&job.plans, "unknown_items", "catalogue")?;
    }
    reviews::warn(job)?;
    let counts = [
        ("items", "SELECT count(*) FROM item_numbers"),
        ("lists", "SELECT count(*) FROM list_numbers"),
        ("list items", "SELECT count(*) FROM list_rows"),
        ("histories", "SELECT count(*) FROM (SELECT DISTINCT user_hash, session FROM history_rows)"),
        ("history items", "SELECT count(*) FROM history_rows"),
        ("interactions", "SELECT count(*) FROM interaction_rows"),
        ("reviews", "SELECT count(*) FROM review_rows"),
        ("table rows", "SELECT count(*) FROM table_rows"),
        ("photos", "SELECT count(*) FROM photo_rows"),
    ];
    for (name, sql) in counts {
        job.report.counts.insert(name.into(), job.plans.count(name, sql)?);
    }
    Ok(())
}
