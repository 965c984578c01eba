//! Lists of a shop's retriever: one row per user, labelled by the user's next item.

use windowshop_schema::store::Lists;

use crate::columns::column;
use crate::error::IngestError;
use crate::histories::{self, TOO_SHORT};
use crate::job::Job;
use crate::source;
use crate::sql::{Sql, quoted, split_ids, user_hash};
use crate::staging::{LIST_EVENTS, LIST_ROWS, LIST_TARGETS, LIST_TRAINING, LIST_VIEWS};

const TABLE: &str = "lists";
const ITEMS: &str = "lists.items";

pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(Lists::Candidates { file, header, user, items, training_files }) = &job.store.lists else { return Ok(()) };
    let Some(histories) = &job.store.histories else {
        let text = "lists of kind candidates need a label: found no [histories]; name a file with the column `target`";
        return Err(IngestError::Store(text.into()));
    };
    if histories.target.is_none() {
        let text = "lists of kind candidates need a label: found no histories.target; name the column of the next item";
        return Err(IngestError::Store(text.into()));
    }
    histories::check(job, histories)?;

    job.step("lists", file);
    let columns = [column("lists.user", user), column("lists.items", items)];
    source::open(&job.plans, "raw_lists", "lists.file", &job.file(file), *header, &columns)?;
    let checked = Sql::new(include_str!("sql/candidates/lists_checked.sql"))
        .raw("raw", "raw_lists")
        .column("user", user)
        .raw("user_hash", &user_hash(&job.salt, &format!("trim({})", quoted(user))))
        .column("items", items)
        .raw("item_ids", &split_ids(&quoted(items)))
        .raw("too_short", TOO_SHORT);
    job.plans.make("lists_checked", &checked)?;
    job.report.count_dropped(&job.plans, "lists_checked", TABLE)?;
    job.report.require_rows(TABLE, file)?;
    job.plans.make("list_items_checked", &Sql::new(include_str!("sql/candidates/items_checked.sql")))?;
    job.report.count_dropped(&job.plans, "list_items_checked", ITEMS)?;

    job.plans.view(LIST_ROWS, &Sql::new(include_str!("sql/candidates/list_rows.sql")))?;
    job.plans.view(LIST_VIEWS, &Sql::new(include_str!("sql/candidates/list_views.sql")))?;
    job.plans.view(LIST_TARGETS, &Sql::new(include_str!("sql/candidates/list_targets.sql")))?;
    let events = Sql::new(include_str!("sql/candidates/list_events.sql")).raw("too_short", TOO_SHORT);
    job.plans.make(LIST_EVENTS, &events)?;
    job.plans.view("listed_users", &Sql::new("SELECT user_hash FROM lists_checked WHERE reason IS NULL"))?;
    histories::steps(job)?;
    if job.options.skip_training_files || training_files.is_empty() {
        return Ok(());
    }
    training(job, training_files, *header, user, items)
}

fn training(job: &Job<'_>, files: &[String], header: bool, user: &str, items: &str) -> Result<(), IngestError> {
    let mut retrievers = Vec::new();
    for (index, file) in files.iter().enumerate() {
        job.step("training lists", file);
        let raw = format!("raw_training_{index}");
        let columns = [column("lists.user", user), column("lists.items", items)];
        source::open(&job.plans, &raw, "lists.training_files", &job.file(file), header, &columns)?;
        let rows = Sql::new(include_str!("sql/candidates/training_rows.sql"))
            .raw("raw", &raw)
            .raw("user_hash", &user_hash(&job.salt, &format!("trim(raw.{})", quoted(user))))
            .column("items", items)
            .raw("item_ids", &split_ids(&format!("raw.{}", quoted(items))));
        retrievers.push(format!("({})", rows.as_str()));
    }
    let all =
        Sql::new(include_str!("sql/candidates/list_training.sql")).raw("training", &retrievers.join(" UNION ALL "));
    job.plans.make(LIST_TRAINING, &all)
}
