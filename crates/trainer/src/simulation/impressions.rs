//! Impressions to fit and evaluate click models: from tables with one list per row, or from a dataset.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use windowshop_behaviour::clicks::{Columns, Impression, List, hold_out, read_impressions};
use windowshop_ingest::Dataset;
use windowshop_schema::store::Lists;

/// Latest share of each query for the test, if the data have no test part.
const HELD_OUT: f64 = 0.25;

/// Impressions for fitting and testing.
pub struct Impressions {
    pub fit: Vec<Impression>,
    pub test: Vec<Impression>,
    /// Number of invalid rows, and the first error.
    pub skipped: usize,
    pub why: Option<String>,
}

impl Impressions {
    /// Reads a dataset folder, a folder with the tables `train` and `test` (tsv or csv), or one table, of which the latest quarter of each query is held
    /// out. `grid`: columns of pages without positions.
    pub fn open(data: &Path, columns: Option<&Columns>, grid: u32) -> anyhow::Result<Self> {
        if data.join("dataset.json").exists() {
            let dataset = crate::dataset::open(data)?;
            let (fit, test) = hold_out(&of_dataset(&dataset, grid)?, HELD_OUT, usize::MAX);
            return Self { fit, test, skipped: 0, why: None }.checked(data);
        }
        if data.is_dir() {
            let (fit, test) =
                (table(&part(data, "train")?, columns, grid)?, table(&part(data, "test")?, columns, grid)?);
            let (skipped, why) = (fit.skipped + test.skipped, fit.why.or(test.why));
            return Self { fit: fit.rows, test: test.rows, skipped, why }.checked(data);
        }
        let read = table(data, columns, grid)?;
        let (fit, test) = hold_out(&read.rows, HELD_OUT, usize::MAX);
        Self { fit, test, skipped: read.skipped, why: read.why }.checked(data)
    }

    fn checked(self, data: &Path) -> anyhow::Result<Self> {
        if self.test.is_empty() {
            bail!(
                "{}: {} impressions and none left to test on: expected a query with at least 4; log more, or name a folder with train and test tables",
                data.display(),
                self.fit.len()
            );
        }
        Ok(self)
    }
}

fn part(folder: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let found = ["tsv", "csv"].map(|extension| folder.join(name).with_extension(extension)).into_iter();
    found.into_iter().find(|path| path.is_file()).with_context(|| {
        format!(
            "{}: neither dataset.json nor {name}.tsv nor {name}.csv in it: expected a dataset of an event log, or tables of impressions",
            folder.display()
        )
    })
}

fn table(path: &Path, columns: Option<&Columns>, grid: u32) -> anyhow::Result<windowshop_behaviour::Rows<Impression>> {
    let separator = match path.extension().and_then(|extension| extension.to_str()) {
        Some("tsv") => b'\t',
        Some("csv") => b',',
        other => bail!(
            "{}: `{}` is no table of impressions: expected tsv or csv with a header; an event log is ingested first",
            path.display(),
            other.unwrap_or_default()
        ),
    };
    let columns = match columns {
        Some(columns) => columns.clone(),
        None => columns_of(path, separator)?,
    };
    Ok(read_impressions(path, separator, &columns, grid)?)
}

/// Default column names, or those of PyClick's logs.
fn columns_of(path: &Path, separator: u8) -> anyhow::Result<Columns> {
    let mut header = String::new();
    let file = File::open(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    BufReader::new(file).read_line(&mut header).with_context(|| path.display().to_string())?;
    let pyclick = Columns::pyclick();
    let known = header.trim_end().split(char::from(separator)).any(|name| name == pyclick.items);
    Ok(if known { pyclick } else { Columns::default() })
}

/// Parses `query=…,items=…,clicked=…,positions=…`; omitted columns keep their default names.
pub fn columns(text: &str) -> Result<Columns, String> {
    let mut columns = Columns::default();
    for assignment in text.split(',') {
        let (key, name) =
            assignment.split_once('=').ok_or_else(|| format!("`{assignment}`: expected role=column, as in query=q"))?;
        let column = match key.trim() {
            "query" => &mut columns.query,
            "items" => &mut columns.items,
            "clicked" => &mut columns.clicked,
            "positions" => &mut columns.positions,
            other => return Err(format!("`{other}`: expected query, items, clicked or positions")),
        };
        *column = name.trim().to_owned();
    }
    Ok(columns)
}

/// The lists of a dataset in the order of the log; any interaction with an item counts as a click.
pub fn of_dataset(dataset: &Dataset, grid: u32) -> anyhow::Result<Vec<Impression>> {
    if dataset.lists.is_empty() {
        bail!(
            "{}: no lists in this dataset: click models are fitted to lists; add [lists] to store.toml",
            dataset.name
        );
    }
    if !dataset.shop_order || matches!(dataset.store.lists, Some(Lists::Graded { .. })) {
        bail!(
            "{}: its lists have no positions: click models need the position of each item; expected lists of kind events or candidates",
            dataset.name
        );
    }
    dataset.lists.iter().map(|list| impression(dataset, list, grid)).collect()
}

/// One list of a dataset, as a grid of `grid` columns.
pub fn impression(dataset: &Dataset, list: &windowshop_ingest::List, grid: u32) -> anyhow::Result<Impression> {
    let items = list.items.iter().map(|&item| dataset.items[item as usize].id.clone()).collect();
    let clicked = list.grades.iter().map(|grade| *grade > 0.0).collect();
    let query = list.query.as_deref().map(str::to_lowercase).unwrap_or_default();
    Ok(Impression::new(List::grid(query, items, grid)?, clicked)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_by_their_role_and_an_unknown_role_is_rejected() {
        let named = columns("query=q,items=shown").unwrap();
        assert_eq!((named.query.as_str(), named.items.as_str(), named.clicked.as_str()), ("q", "shown", "clicked"));
        assert!(columns("rank=r").unwrap_err().contains("rank") && columns("query").is_err());
    }
}
