//! The labelled rows of an intent network: a table of the shop, or visits of its event log.

use std::borrow::Cow;

use anyhow::bail;
use windowshop_ingest::{Dataset, Table};
use windowshop_schema::{IntentRows, VisitSpec};

use super::{
    item_index,
    visits::{self, Moment},
};

/// Labelled rows.
pub struct Source<'a> {
    pub table: Cow<'a, Table>,
    /// The classes in the order of the outputs; empty if the store does not name them.
    pub classes: Vec<String>,
    /// For rows of visits: their specification, and the moment of each row.
    pub visits: Option<(VisitSpec, Vec<Moment>)>,
}

impl<'a> Source<'a> {
    /// The rows for training.
    ///
    /// # Errors
    /// If the dataset has no rows of the wanted kind.
    pub fn new(dataset: &'a Dataset, wanted: IntentRows, item_index: bool) -> anyhow::Result<Self> {
        let (table, events) = (!dataset.table.rows.is_empty(), !dataset.visitors.is_empty());
        match wanted {
            IntentRows::Auto | IntentRows::Table if table => Ok(Self::table(dataset)),
            IntentRows::Auto | IntentRows::Visits if events => {
                let mut spec = visits::spec(dataset);
                if item_index {
                    item_index::name_categories(&mut spec, &dataset.items);
                }
                Self::visits(dataset, spec)
            }
            IntentRows::Visits => {
                bail!(
                    "no events in this dataset: rows of visits need an event log; add an [events] section to store.toml and ingest again"
                )
            }
            IntentRows::Auto | IntentRows::Table => bail!(
                "no labelled rows in this dataset: the intent network learns from rows; add a [table], [transactions] or [events] section to store.toml and ingest again"
            ),
        }
    }

    /// The rows to evaluate a network on: of visits if its card has a visit specification, else of the table.
    ///
    /// # Errors
    /// As [`visits::rows`].
    pub fn for_evaluation(dataset: &'a Dataset, visit: Option<&VisitSpec>) -> anyhow::Result<Self> {
        match visit {
            Some(spec) => Self::visits(dataset, spec.clone()),
            None => Ok(Self::table(dataset)),
        }
    }

    fn table(dataset: &'a Dataset) -> Self {
        let classes = dataset.store.table.as_ref().map(|table| table.classes.clone()).unwrap_or_default();
        Self { table: Cow::Borrowed(&dataset.table), classes, visits: None }
    }

    fn visits(dataset: &Dataset, spec: VisitSpec) -> anyhow::Result<Self> {
        let (table, moments) = visits::rows(dataset, &spec)?;
        let classes = visits::CLASSES.map(str::to_owned).into();
        Ok(Self { table: Cow::Owned(table), classes, visits: Some((spec, moments)) })
    }
}
