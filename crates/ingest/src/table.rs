//! Labelled rows of a shop's own table: `table_rows (row, label, key, period, "cell:NAME", …)`, numeric columns as `REAL`,
//! others as text.

use windowshop_schema::store::Table;

use crate::columns::{Column, column};
use crate::error::IngestError;
use crate::job::Job;
use crate::source;
use crate::sql::{Sql, literal, quoted};
use crate::staging::TABLE_ROWS;

const TABLE: &str = "table";
/// Integer columns with at most this many distinct values are categorical.
const MOST_CODES: u32 = 20;
/// Prefix of the names of cell columns.
pub(crate) const CELL: &str = "cell:";

/// An input column.
struct Cell<'a> {
    name: &'a str,
    numeric: bool,
}

/// Reads and checks the rows, if the store has any.
pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(table) = &job.store.table else { return Ok(()) };
    job.step("table", &table.file);
    check(table)?;
    let names = source::open(&job.plans, "raw_table", "table.file", &job.file(&table.file), true, &columns(table))?;
    let apart = |name: &&str| *name != table.label && !table.ignore.iter().any(|ignored| ignored == name);
    let read: Vec<&str> = names.iter().map(String::as_str).filter(apart).collect();
    let read: Vec<&str> = read.into_iter().filter(|name| table.group.as_deref() != Some(name)).collect();
    if read.is_empty() {
        let problem =
            format!("[table]: {} has no column other than the label, the group and the ignored ones", table.file);
        return Err(IngestError::Store(problem));
    }
    let trimmed = Sql::new(include_str!("sql/table/trimmed.sql"))
        .column("label", &table.label)
        .optional_column("group", table.group.as_deref())
        .raw("cells", &each(&read, |name| format!("{} AS {}", known(name), cell(name))));
    job.plans.make("table_trimmed", &trimmed)?;
    let cells = kinds(job, table, &read)?;
    let key = match table.group {
        Some(_) => "group_key".to_owned(),
        None => format!("concat_ws(chr(31), {})", each(&read, |name| format!("coalesce({}, '')", cell(name)))),
    };
    let classes: Vec<String> = table.classes.iter().map(|class| literal(&class_name(class))).collect();
    let checked = Sql::new(include_str!("sql/table/checked.sql"))
        .raw("key", &key)
        .raw(
            "unknown_class",
            &match classes.as_slice() {
                [] => "false".to_owned(),
                classes => format!("label NOT IN ({})", classes.join(", ")),
            },
        )
        .raw("cells", &each(&cells, |cell| cell.typed()));
    job.plans.make("table_checked", &checked)?;
    job.report.count_dropped(&job.plans, "table_checked", TABLE)?;
    job.report.require_rows(TABLE, &table.file)?;
    warn(job, &cells)?;
    let kept = Sql::new(
        "SELECT row, label, key, CAST(NULL AS INT UNSIGNED) AS period, {cells} FROM table_checked WHERE reason IS NULL",
    );
    job.plans.make(TABLE_ROWS, &kept.raw("cells", &each(&read, |name| cell(name))))
}

/// Fails on contradictory settings.
fn check(table: &Table) -> Result<(), IngestError> {
    if let Some(both) = table.numeric.iter().find(|name| table.categorical.contains(name)) {
        return Err(IngestError::Store(format!(
            "[table]: `{both}` is in numeric and in categorical; expected it in one of them"
        )));
    }
    if table.classes.len() == 1 {
        let problem = "[table]: found one class; expected at least two in classes, or none for those that occur";
        return Err(IngestError::Store(problem.into()));
    }
    Ok(())
}

fn columns(table: &Table) -> Vec<Column<'_>> {
    let lists =
        [("table.numeric", &table.numeric), ("table.categorical", &table.categorical), ("table.ignore", &table.ignore)];
    let named = lists.into_iter().flat_map(|(setting, names)| names.iter().map(move |name| column(setting, name)));
    let group = table.group.iter().map(|name| column("table.group", name));
    [column("table.label", &table.label)].into_iter().chain(named).chain(group).collect()
}

/// The types of the columns: as the store says, else from their cells.
fn kinds<'a>(job: &Job<'_>, table: &Table, read: &[&'a str]) -> Result<Vec<Cell<'a>>, IngestError> {
    let named = |names: &[String], name: &str| names.iter().any(|other| other == name);
    let is_numeric = |name: &str| {
        let sql =
            Sql::new(include_str!("sql/table/is_numeric.sql")).raw("cell", &cell(name)).number("codes", MOST_CODES);
        Ok::<_, IngestError>(job.plans.count("is_numeric", sql.as_str())? == 1)
    };
    let kind = |&name: &&'a str| {
        let declared = named(&table.numeric, name) || named(&table.categorical, name);
        let numeric = if declared { named(&table.numeric, name) } else { is_numeric(name)? };
        Ok(Cell { name, numeric })
    };
    read.iter().map(kind).collect()
}

/// Warns of missing cells, cells that are not numbers, and constant columns.
fn warn(job: &mut Job<'_>, cells: &[Cell<'_>]) -> Result<(), IngestError> {
    for Cell { name, numeric } in cells {
        let warnings = Sql::new(include_str!("sql/table/warnings.sql"))
            .raw("cell", &cell(name))
            .raw("raw", &quoted(&format!("raw:{name}")))
            .raw("numeric", if *numeric { "true" } else { "false" })
            .raw("missing", &literal(&format!("`{name}` is missing")))
            .raw("no_number", &literal(&format!("`{name}` is not a number: treated as missing")))
            .raw("constant", &literal(&format!("`{name}` is constant")));
        job.plans.view(&format!("warnings:{name}"), &warnings)?;
        job.report.warn(&job.plans, &quoted(&format!("warnings:{name}")), TABLE)?;
    }
    Ok(())
}

impl Cell<'_> {
    /// SQL for the typed cell and its original text.
    fn typed(&self) -> String {
        let name = cell(self.name);
        let raw = quoted(&format!("raw:{}", self.name));
        match self.numeric {
            true => format!("CAST(TRY_CAST({name} AS DOUBLE) AS REAL) AS {name}, {name} AS {raw}"),
            false => format!("{name}, {name} AS {raw}"),
        }
    }
}

fn cell(name: &str) -> String {
    quoted(&format!("{CELL}{name}"))
}

/// SQL for a trimmed cell; NULL for an empty one and the usual words for a missing value.
fn known(name: &str) -> String {
    let name = quoted(name);
    format!("CASE WHEN lower(trim({name})) NOT IN ('', 'na', 'n/a', 'nan', 'null', 'none', '?') THEN trim({name}) END")
}

/// The name of a class in the plan: true and false in lower case.
fn class_name(class: &str) -> String {
    let lower = class.to_lowercase();
    if ["true", "false"].contains(&lower.as_str()) { lower } else { class.to_owned() }
}

fn each<T>(items: &[T], sql: impl Fn(&T) -> String) -> String {
    items.iter().map(sql).collect::<Vec<_>>().join(", ")
}
