//! Labelled rows with their class, split.

use std::collections::{BTreeSet, HashMap};

use anyhow::bail;
use windowshop_ingest::{Table, TableRow};
use windowshop_schema::table::TableColumn;

use crate::learning::split::{Cut, Split, limit_per_class};

/// The classes and keys of labelled rows.
pub struct Rows {
    /// The classes, in the order of the outputs.
    pub classes: Vec<String>,
    /// The class of each row, an index into `classes`; `None` for an unknown label.
    pub labels: Vec<Option<usize>>,
    /// The number of each row's key; rows of one customer share it.
    keys: Vec<usize>,
}

/// The split of a row. If rows have a period, the last one is the test split and the one before it the validation split; else
/// rows are split by key.
pub fn split_of(row: &TableRow, last: Option<u32>, cut: &Cut) -> Split {
    match (row.period, last) {
        (Some(period), Some(last)) if period == last => Split::Test,
        (Some(period), Some(last)) if period + 1 == last => Split::Validation,
        (Some(_), Some(_)) => Split::Train,
        _ => cut.of(&row.key),
    }
}

/// The last period of a table; `None` if rows have no period.
pub fn last_period(table: &Table) -> Option<u32> {
    table.rows.iter().filter_map(|row| row.period).max()
}

/// The columns of a table without those that `exclude` names, separated by commas.
///
/// # Errors
/// If `exclude` names an unknown column.
pub fn kept_columns(table: &Table, exclude: &str) -> anyhow::Result<Vec<TableColumn>> {
    let excluded: Vec<&str> = exclude.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let known = |name: &str| table.columns.iter().any(|column| column.name == name);
    if let Some(unknown) = excluded.iter().find(|name| !known(name)) {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        bail!("features.exclude: no column \"{unknown}\"; expected some of {}", names.join(", "));
    }
    Ok(table.columns.iter().filter(|column| !excluded.contains(&column.name.as_str())).cloned().collect())
}

impl Rows {
    /// The rows of a table, with its classes in the given order, or sorted if none is given.
    ///
    /// # Errors
    /// If a class has no row, or there are fewer than two classes.
    pub fn new(table: &Table, classes: &[String]) -> anyhow::Result<Self> {
        let found: BTreeSet<&str> = table.rows.iter().map(|row| row.label.as_str()).collect();
        // The dataset stores true and false in lower case.
        let place = |class: &str| classes.iter().position(|named| named == class || named.to_lowercase() == class);
        if let Some(absent) = classes.iter().find(|named| !found.iter().any(|class| place(class) == place(named))) {
            bail!(
                "no row of class \"{absent}\": found {}; give rows of every class, or correct table.classes",
                found.into_iter().collect::<Vec<_>>().join(", ")
            );
        }
        if found.len() < 2 {
            let found = found.into_iter().collect::<Vec<_>>().join("");
            bail!(
                "all {} rows are of class \"{found}\": expected at least two classes to tell apart",
                table.rows.len()
            );
        }
        let mut classes_in_order: Vec<String> = found.iter().map(|class| (*class).to_owned()).collect();
        classes_in_order.sort_by_key(|class| (place(class), class.clone()));
        Ok(Self::unsplit(table, &classes_in_order))
    }

    /// Rows of known classes.
    pub fn unsplit(table: &Table, classes: &[String]) -> Self {
        let place = |row: &TableRow| classes.iter().position(|class| *class == row.label);
        let keys = table.rows.iter().map(|row| row.key.as_str());
        Self { classes: classes.to_vec(), labels: table.rows.iter().map(place).collect(), keys: numbered(keys) }
    }

    /// Adds a row of a class, with a key of its own.
    pub fn add(&mut self, class: usize) {
        self.labels.push(Some(class));
        self.keys.push(self.keys.iter().max().map_or(0, |last| last + 1));
    }

    /// Indices of the rows with a known class for which `wanted` holds.
    pub fn filter(&self, table: &Table, wanted: impl Fn(&TableRow) -> bool) -> Vec<usize> {
        (0..table.rows.len()).filter(|&row| self.labels[row].is_some() && wanted(&table.rows[row])).collect()
    }

    /// The classes of some rows, all known.
    pub fn labels(&self, rows: &[usize]) -> Vec<usize> {
        rows.iter().filter_map(|&row| self.labels[row]).collect()
    }

    /// Clusters of rows that share a key, numbered from 0.
    pub fn clusters(&self, rows: &[usize]) -> Vec<usize> {
        numbered(rows.iter().map(|&row| self.keys[row]))
    }
}

/// Numbers values in the order of their first occurrence.
fn numbered<K: std::hash::Hash + Eq>(values: impl Iterator<Item = K>) -> Vec<usize> {
    let mut numbers = HashMap::new();
    values
        .map(|value| {
            let next = numbers.len();
            *numbers.entry(value).or_insert(next)
        })
        .collect()
}

/// The rows of each split.
pub struct Splits {
    pub train: Vec<usize>,
    pub validation: Vec<usize>,
    pub test: Vec<usize>,
}

impl Splits {
    /// Splits a table.
    ///
    /// # Errors
    /// If the training or validation split lacks a class.
    pub fn new(table: &Table, rows: &Rows, cut: &Cut) -> anyhow::Result<Self> {
        let last = last_period(table);
        let of = |split| rows.filter(table, |row| split_of(row, last, cut) == split);
        let splits = Self { train: of(Split::Train), validation: of(Split::Validation), test: of(Split::Test) };
        for (name, part) in [("training", &splits.train), ("validation", &splits.validation)] {
            for (class, label) in rows.classes.iter().enumerate() {
                if !part.iter().any(|&row| rows.labels[row] == Some(class)) {
                    bail!(
                        "no row of class \"{label}\" in the {name} split: give more data, or other validation_share and test_share"
                    );
                }
            }
        }
        Ok(splits)
    }

    /// Keeps at most `per_class` training rows of each class; 0 keeps all.
    pub fn limit_per_class(&mut self, rows: &Rows, per_class: usize, seed: u64) {
        // All rows of a split have a class.
        let classes: Vec<usize> = rows.labels.iter().map(|label| label.unwrap_or_default()).collect();
        limit_per_class(&mut self.train, &classes, per_class, seed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Cut = Cut { seed: 1, validation_share: 0.2, test_share: 0.2, fold_offset: 0.0 };

    fn table(labels: &[&str], periods: bool) -> Table {
        let row = |(i, label): (usize, &&str)| TableRow {
            key: format!("row {i}"),
            label: (*label).into(),
            period: periods.then_some(i as u32 % 4),
        };
        Table { columns: Vec::new(), rows: labels.iter().enumerate().map(row).collect() }
    }

    #[test]
    fn classes_are_in_the_order_that_the_store_names() {
        let table = table(&["true", "false", "true"], false);
        assert_eq!(Rows::new(&table, &[]).unwrap().classes, ["false", "true"]);
        let named = ["TRUE".to_owned(), "FALSE".to_owned()];
        assert_eq!(Rows::new(&table, &named).unwrap().classes, ["true", "false"]);
    }

    #[test]
    fn a_class_without_rows_and_a_single_class_are_errors() {
        let error = |table: &Table, classes: &[&str]| {
            let classes: Vec<String> = classes.iter().map(|class| (*class).into()).collect();
            Rows::new(table, &classes).err().unwrap().to_string()
        };
        assert!(error(&table(&["a", "b"], false), &["a", "b", "c"]).contains("no row of class \"c\""));
        assert!(error(&table(&["a", "a"], false), &[]).contains("all 2 rows are of class \"a\""));
    }

    #[test]
    fn rows_of_one_key_are_one_cluster() {
        let mut table = table(&["a", "b", "a", "b"], false);
        table.rows[3].key = table.rows[1].key.clone();
        let rows = Rows::new(&table, &[]).unwrap();
        assert_eq!((rows.clusters(&[0, 1, 2, 3]), rows.clusters(&[3, 2, 1])), (vec![0, 1, 2, 1], vec![0, 1, 0]));
    }

    #[test]
    fn rows_with_a_period_are_split_by_time() {
        let table = table(&["a", "b"].repeat(40), true);
        let rows = Rows::new(&table, &[]).unwrap();
        let wanted = |split| rows.filter(&table, |row| split_of(row, last_period(&table), &CUT) == split);
        let periods = |rows: &[usize]| rows.iter().map(|&row| table.rows[row].period.unwrap()).collect::<BTreeSet<_>>();
        assert_eq!(periods(&wanted(Split::Train)), BTreeSet::from([0, 1]));
        assert_eq!(periods(&wanted(Split::Validation)), BTreeSet::from([2]));
        assert_eq!(periods(&wanted(Split::Test)), BTreeSet::from([3]));
    }
}
