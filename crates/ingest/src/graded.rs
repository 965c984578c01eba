//! Lists from human grades: one row per (query, item).

use windowshop_schema::store::Lists;

use crate::columns::column;
use crate::error::IngestError;
use crate::job::Job;
use crate::source;
use crate::sql::{Sql, clean_text, quoted};
use crate::staging::{self, CATALOGUE, LIST_ROWS};

const TABLE: &str = "lists";

pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(Lists::Graded { file, query, title, grade, scale }) = &job.store.lists else { return Ok(()) };
    job.step("lists", file);
    let columns = [column("lists.query", query), column("lists.title", title), column("lists.grade", grade)];
    source::open(&job.plans, "raw_lists", "lists.file", &job.file(file), true, &columns)?;
    let checked = Sql::new(include_str!("sql/graded/checked.sql"))
        .column("query", query)
        .raw("clean_title", &clean_text(&quoted(title)))
        .column("grade", grade)
        .number("min", scale.min)
        .number("max", scale.max);
    job.plans.make("graded_checked", &checked)?;
    job.report.count_dropped(&job.plans, "graded_checked", TABLE)?;
    job.report.require_rows(TABLE, file)?;

    if !job.plans.has(CATALOGUE) {
        staging::empty(&job.plans, "catalogue_of_shop", CATALOGUE)?;
    } else {
        job.plans.view("catalogue_of_shop", &Sql::new("SELECT * FROM catalogue"))?;
    }
    job.plans
        .make("graded_items", &Sql::new(include_str!("sql/graded/items.sql")).raw("catalogue", "catalogue_of_shop"))?;
    job.plans.make("graded_catalogue", &Sql::new(include_str!("sql/graded/catalogue.sql")))?;
    job.plans.make(LIST_ROWS, &Sql::new(include_str!("sql/graded/list_rows.sql")))
}
