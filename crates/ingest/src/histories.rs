//! Interaction histories: one row per user.

use windowshop_schema::store::Histories;

use crate::columns::column;
use crate::error::IngestError;
use crate::job::Job;
use crate::source;
use crate::sql::{Sql, quoted, split_ids, user_hash};
use crate::staging::HISTORY_ROWS;

/// One of the two files of histories.
#[derive(Clone, Copy)]
struct Kind {
    table: &'static str,
    checked: &'static str,
    setting: &'static str,
    /// Prefix of the identifier of a user without a name, before hashing.
    row: &'static str,
    held_out: bool,
}

const HISTORIES: Kind =
    Kind { table: "histories", checked: "histories_checked", setting: "histories.file", row: "row", held_out: false };
const HELD_OUT: Kind = Kind {
    table: "held_out",
    checked: "held_out_checked",
    setting: "histories.test_file",
    row: "held out row",
    held_out: true,
};

/// The reason for dropping a short history. Its user may still have a list.
pub(crate) const TOO_SHORT: &str = "shorter than clean.min_history";

/// Reads a store of histories without lists.
pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(histories) = &job.store.histories else { return Ok(()) };
    check(job, histories)?;
    job.plans.view("listed_users", &Sql::new("SELECT '' AS user_hash WHERE false"))?;
    steps(job)
}

/// Reads and checks the histories and the test file, if any: tables `histories_checked` and `held_out_checked`.
pub(crate) fn check(job: &mut Job<'_>, histories: &Histories) -> Result<(), IngestError> {
    check_file(job, histories, &histories.file, HISTORIES)?;
    match &histories.test_file {
        Some(file) => check_file(job, histories, file, HELD_OUT),
        None => Ok(()),
    }
}

fn check_file(job: &mut Job<'_>, histories: &Histories, file: &str, kind: Kind) -> Result<(), IngestError> {
    job.step(kind.table, file);
    let mut columns = vec![column("histories.items", &histories.items)];
    if !histories.user.is_empty() {
        columns.push(column("histories.user", &histories.user));
    }
    // A file without a header may lack the last column: training sessions have no target, test sessions have one.
    if histories.header || job.store.lists.is_some() || kind.held_out {
        columns.extend(histories.target.as_deref().map(|name| column("histories.target", name)));
    }
    let path = job.file(file);
    let raw = format!("raw_{}", kind.table);
    let found = source::open(&job.plans, &raw, kind.setting, &path, histories.header, &columns)?;
    let target = histories.target.as_deref().filter(|name| found.iter().any(|column| column == name));
    let row = format!("concat('{} ', _row)", kind.row);
    let user = if histories.user.is_empty() { row } else { quoted(&histories.user) };
    let checked = Sql::new(include_str!("sql/histories/checked.sql"))
        .raw("raw", &raw)
        .raw("user", &user)
        .raw("user_hash", &user_hash(&job.salt, &format!("trim({user})")))
        .raw("items", &quoted(&histories.items))
        .raw("item_ids", &split_ids(&quoted(&histories.items)))
        .optional_column("target", target)
        .number("min_history", job.store.clean.min_history)
        .raw("too_short", TOO_SHORT);
    job.plans.make(kind.checked, &checked)?;
    job.report.count_dropped(&job.plans, kind.checked, kind.table)?;
    job.report.require_rows(kind.table, file)
}

/// Makes the table `history_rows` from those and `listed_users (user_hash)`.
pub(crate) fn steps(job: &Job<'_>) -> Result<(), IngestError> {
    let rows = |kind: Kind| {
        Sql::new(include_str!("sql/histories/steps.sql"))
            .raw("checked", kind.checked)
            .raw("held_out", if kind.held_out { "true" } else { "false" })
            .raw("listed", "listed_users")
    };
    if !job.plans.has(HELD_OUT.checked) {
        return job.plans.make(HISTORY_ROWS, &rows(HISTORIES));
    }
    let both = "SELECT * FROM ({learned}) UNION ALL SELECT * FROM ({held_out})";
    let both = Sql::new(both).raw("learned", rows(HISTORIES).as_str()).raw("held_out", rows(HELD_OUT).as_str());
    job.plans.make(HISTORY_ROWS, &both)
}
