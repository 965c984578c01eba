//! The numbers of rows read, kept and dropped, and the reasons.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::IngestError;
use crate::plan::{Plans, integers, texts};
use crate::sql::Sql;

/// Key of [`Report::counts`]: events with the field `simulated: true`.
pub(crate) const SIMULATED_EVENTS: &str = "simulated events";

/// The report of an ingest. `rows_read` is `rows_kept` plus the dropped rows, for every table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Rows by table, in the order of reading.
    pub tables: Vec<TableRows>,
    /// Dropped rows by table and reason.
    pub dropped: Vec<Finding>,
    /// Kept rows with a warning, by table and reason.
    pub warnings: Vec<Finding>,
    /// Numbers of written items, lists, histories, …
    pub counts: BTreeMap<String, u64>,
}

/// Numbers of rows of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRows {
    /// Table, named after the setting of `store.toml`.
    pub table: String,
    /// Rows in the file.
    pub rows_read: u64,
    /// Rows kept.
    pub rows_kept: u64,
}

/// Rows of one table that share a reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Table, named after the setting of `store.toml`.
    pub table: String,
    /// The reason.
    pub reason: String,
    /// Number of rows.
    pub rows: u64,
    /// Up to three of them, never with a user identifier.
    pub samples: Vec<Sample>,
}

/// A row that was dropped or has a warning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Number of the row in the file, from 1; the header is not counted.
    pub row: u64,
    /// Its content.
    pub value: String,
}

impl Report {
    /// Dropped rows of `table` over all reasons.
    pub fn dropped_rows(&self, table: &str) -> u64 {
        self.dropped.iter().filter(|finding| finding.table == table).map(|finding| finding.rows).sum()
    }

    /// Counts the rows of a checked table with the columns `row`, `reason` (NULL: kept) and `sample`.
    pub(crate) fn count_dropped(&mut self, plans: &Plans, checked: &str, table: &str) -> Result<(), IngestError> {
        let dropped = findings(plans, checked, table)?;
        let rows_read = plans.count("rows read", &format!("SELECT count(*) FROM {checked}"))?;
        let rows_dropped: u64 = dropped.iter().map(|finding| finding.rows).sum();
        self.tables.push(TableRows { table: table.into(), rows_read, rows_kept: rows_read - rows_dropped });
        self.dropped.extend(dropped);
        Ok(())
    }

    /// Adds the rows of a table with the columns `row`, `reason` and `sample` as warnings.
    pub(crate) fn warn(&mut self, plans: &Plans, warnings: &str, table: &str) -> Result<(), IngestError> {
        self.warnings.extend(findings(plans, warnings, table)?);
        Ok(())
    }

    /// Fails if no row of `table` was kept.
    pub(crate) fn require_rows(&self, table: &str, what: &str) -> Result<(), IngestError> {
        if self.tables.iter().any(|rows| rows.table == table && rows.rows_kept == 0) {
            let reasons: Vec<String> = self
                .dropped
                .iter()
                .filter(|f| f.table == table)
                .map(|f| format!("{} rows: {}", f.rows, f.reason))
                .collect();
            let found = if reasons.is_empty() { "no rows at all".to_string() } else { reasons.join(", ") };
            return Err(IngestError::NothingLeft { what: what.into(), found });
        }
        Ok(())
    }
}

fn findings(plans: &Plans, checked: &str, table: &str) -> Result<Vec<Finding>, IngestError> {
    let sql = Sql::new(include_str!("sql/findings.sql")).raw("checked", checked);
    let mut findings: Vec<Finding> = Vec::new();
    for batch in plans.rows("findings", &sql)? {
        let (reasons, rows) = (texts(batch.column(0)), integers(batch.column(1)));
        let (numbers, values) = (integers(batch.column(2)), texts(batch.column(3)));
        for index in 0..batch.num_rows() {
            let sample = Sample { row: numbers.value(index) as u64, value: values.value(index).to_string() };
            match findings.last_mut() {
                Some(last) if last.reason == reasons.value(index) => last.samples.push(sample),
                _ => findings.push(Finding {
                    table: table.to_string(),
                    reason: reasons.value(index).to_string(),
                    rows: rows.value(index) as u64,
                    samples: vec![sample],
                }),
            }
        }
    }
    Ok(findings)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for rows in &self.tables {
            writeln!(f, "{}: {} rows read, {} kept", rows.table, rows.rows_read, rows.rows_kept)?;
        }
        for (label, findings) in [("dropped", &self.dropped), ("kept with a warning", &self.warnings)] {
            for finding in findings {
                writeln!(f, "{label}: {} rows of {}: {}", finding.rows, finding.table, finding.reason)?;
                for sample in &finding.samples {
                    writeln!(f, "    row {}: {}", sample.row, sample.value)?;
                }
            }
        }
        let counts: Vec<String> = self.counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
        write!(f, "{}", counts.join(", "))
    }
}
