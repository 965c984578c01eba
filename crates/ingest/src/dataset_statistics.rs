//! Statistics of items and pairs of items, computed from a dataset.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, StringArray, UInt32Array};
use datafusion::arrow::datatypes::{Field, Schema};

use crate::dataset::Dataset;
use crate::error::IngestError;
use crate::format::Table;
use crate::pairs::{Pairs, RECENT_ITEMS, recent_items};
use crate::parquet::{Rows, read};
use crate::plan::{Plans, integers};
use crate::sql::Sql;
use crate::statistics::{Cooccurrence, ListStatistics, Transition};

impl Dataset {
    /// Transitions between items in the histories, sorted by `from`, then `to`.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn transitions(&self) -> Result<Vec<Transition>, IngestError> {
        transitions(&read(&self.dir, Table::Transitions)?)
    }

    /// Transitions in the histories of some users, sorted by `from`, then `to`.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn transitions_of(&self, users: &[&str]) -> Result<Vec<Transition>, IngestError> {
        transitions(&self.pairs_of(users, Pairs::Transitions)?)
    }

    /// Co-occurrences of items in the histories, sorted by `a`, then `b`.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn cooccurrence(&self) -> Result<Vec<Cooccurrence>, IngestError> {
        cooccurrence(&read(&self.dir, Table::Cooccurrence)?)
    }

    /// Co-occurrences in the histories of some users, sorted by `a`, then `b`.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn cooccurrence_of(&self, users: &[&str]) -> Result<Vec<Cooccurrence>, IngestError> {
        cooccurrence(&self.pairs_of(users, Pairs::Cooccurrence)?)
    }

    /// The table of pairs over the histories of `users`.
    fn pairs_of(&self, users: &[&str], pairs: Pairs) -> Result<Vec<Rows>, IngestError> {
        let plans = Plans::new()?;
        register(&plans, "chosen", "user", Arc::new(StringArray::from(users.to_vec())))?;
        let histories: Vec<RecordBatch> =
            read(&self.dir, Table::Histories)?.into_iter().map(Rows::into_batch).collect();
        if histories.is_empty() {
            return Ok(Vec::new());
        }
        plans.register("histories", histories)?;
        let steps = r#"SELECT histories."user" AS user_hash, session, seq, item, kind, held_out FROM histories LEFT SEMI JOIN chosen ON histories."user" = chosen."user""#;
        plans.make(RECENT_ITEMS, &recent_items(steps))?;
        let made = plans.rows(pairs.table().file_name(), &pairs.plan())?;
        Ok(made.into_iter().map(|batch| Rows::made(batch, &self.dir.path, pairs.table())).collect())
    }

    /// Impressions and interactions of each item in the lists with these indices. All zero if the lists are not impressions of an
    /// event log.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn list_statistics(&self, lists: &[u32]) -> Result<Vec<ListStatistics>, IngestError> {
        let mut statistics = vec![ListStatistics::default(); self.items.len()];
        if !matches!(self.store.lists, Some(windowshop_schema::store::Lists::Events)) || lists.is_empty() {
            return Ok(statistics);
        }
        let plans = Plans::new()?;
        register(&plans, "chosen_lists", "list", Arc::new(UInt32Array::from(lists.to_vec())))?;
        plans.register("lists", read(&self.dir, Table::Lists)?.into_iter().map(Rows::into_batch).collect())?;
        for batch in plans.rows("list statistics", &Sql::new(include_str!("sql/list_statistics.sql")))? {
            let columns: Vec<_> = batch.columns().iter().map(|column| integers(column)).collect();
            for i in 0..batch.num_rows() {
                let value = |column: usize| columns[column].value(i) as u32;
                if let Some(item) = statistics.get_mut(value(0) as usize) {
                    *item = ListStatistics {
                        impressions: value(1),
                        clicks: value(2),
                        carts: value(3),
                        purchases: value(4),
                    };
                }
            }
        }
        Ok(statistics)
    }
}

fn transitions(rows: &[Rows]) -> Result<Vec<Transition>, IngestError> {
    let mut transitions = Vec::new();
    for rows in rows {
        let (from, to, weight, count) =
            (rows.numbers("from")?, rows.numbers("to")?, rows.floats("weight")?, rows.numbers("count")?);
        transitions.extend((0..rows.len()).map(|i| Transition {
            from: from.value(i),
            to: to.value(i),
            weight: weight.value(i),
            count: count.value(i),
        }));
    }
    Ok(transitions)
}

fn cooccurrence(rows: &[Rows]) -> Result<Vec<Cooccurrence>, IngestError> {
    let mut pairs = Vec::new();
    for rows in rows {
        let (a, b, count) = (rows.numbers("a")?, rows.numbers("b")?, rows.numbers("count")?);
        pairs.extend((0..rows.len()).map(|i| Cooccurrence { a: a.value(i), b: b.value(i), count: count.value(i) }));
    }
    Ok(pairs)
}

/// Registers a table of one column.
fn register(plans: &Plans, table: &str, column: &str, values: ArrayRef) -> Result<(), IngestError> {
    let schema = Arc::new(Schema::new(vec![Field::new(column, values.data_type().clone(), false)]));
    let batch = RecordBatch::try_new(schema, vec![values]);
    plans.register(table, vec![batch.map_err(|error| IngestError::plan(table)(error.into()))?])
}
