//! What users did, as sequences: one row a user.

use windowshop_schema::store::Histories;

use crate::columns::column;
use crate::error::IngestError;
use crate::job::Job;
use crate::source;
use crate::sql::{Sql, quoted, split_ids, user_hash};
use crate::staging::HISTORY_ROWS;

const TABLE: &str = "histories";

/// Why a history is left out of the histories although its user may have a list.
pub(crate) const TOO_SHORT: &str = "shorter than clean.min_history";

/// A store of histories alone.
pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(histories) = &job.store.histories else { return Ok(()) };
    judge(job, histories)?;
    job.plans.view("listed_users", &Sql::new("SELECT '' AS user_hash WHERE false"))?;
    steps(job)
}

/// Reads and judges the histories: table `histories_judged`.
pub(crate) fn judge(job: &mut Job<'_>, histories: &Histories) -> Result<(), IngestError> {
    job.step("histories", &histories.file);
    let mut columns = vec![column("histories.items", &histories.items)];
    if !histories.user.is_empty() {
        columns.push(column("histories.user", &histories.user));
    }
    // A file without a header may lack the last column: sessions to learn from have no target, those to judge on have one.
    if histories.header || job.store.lists.is_some() {
        columns.extend(histories.target.as_deref().map(|name| column("histories.target", name)));
    }
    let path = job.file(&histories.file);
    let found = source::open(&job.plans, "raw_histories", "histories.file", &path, histories.header, &columns)?;
    let target = histories.target.as_deref().filter(|name| found.iter().any(|column| column == name));
    let user = if histories.user.is_empty() { "concat('row ', _row)".into() } else { quoted(&histories.user) };
    let judged = Sql::new(include_str!("sql/histories/judged.sql"))
        .raw("user", &user)
        .raw("user_hash", &user_hash(&job.salt, &format!("trim({user})")))
        .raw("items", &quoted(&histories.items))
        .raw("item_ids", &split_ids(&quoted(&histories.items)))
        .optional_column("target", target)
        .number("min_history", job.store.clean.min_history)
        .raw("too_short", TOO_SHORT);
    job.plans.make("histories_judged", &judged)?;
    job.report.judge(&job.plans, "histories_judged", TABLE)?;
    job.report.require_rows(TABLE, &histories.file)
}

/// Table `history_rows`; `listed_users (user_hash)` must be there.
pub(crate) fn steps(job: &Job<'_>) -> Result<(), IngestError> {
    job.plans.make(HISTORY_ROWS, &Sql::new(include_str!("sql/histories/steps.sql")).raw("listed", "listed_users"))
}
