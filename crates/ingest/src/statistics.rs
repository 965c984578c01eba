//! What a dataset says about items and pairs of items.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, StringArray, UInt32Array};
use datafusion::arrow::datatypes::{Field, Schema};

use crate::dataset::Dataset;
use crate::error::IngestError;
use crate::format::Table;
use crate::parquet::{Rows, read};
use crate::plan::{Plans, integers};
use crate::sql::Sql;
use crate::write::{RECENT_ITEMS, pairs, recent_items};

/// What the histories say about an item. No label of any list is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ItemStatistics {
    /// Things done with it, cancellations aside.
    pub interactions: u32,
    /// ln(1 + interactions), divided by that of the most popular item: 0 to 1.
    pub popularity: f32,
}

/// How often an item was shown and what came of it, over some of the lists. Only event logs know impressions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ListStatistics {
    /// Times shown.
    pub impressions: u32,
    /// Times shown and at least clicked.
    pub clicks: u32,
    /// Times shown and at least put into the cart.
    pub carts: u32,
    /// Times shown and bought.
    pub purchases: u32,
}

/// `to` was seen up to ten steps after `from`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// Row of the earlier item.
    pub from: u32,
    /// Row of the later item.
    pub to: u32,
    /// The sum of 1/gap over the occurrences, gap 1 to 10.
    pub weight: f32,
    /// Number of occurrences.
    pub count: u32,
}

/// Two items were in the same history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cooccurrence {
    /// Row of one item, the smaller.
    pub a: u32,
    /// Row of the other.
    pub b: u32,
    /// Number of histories.
    pub count: u32,
}

impl ItemStatistics {
    pub(crate) fn read(rows: &Rows) -> Result<Vec<Self>, IngestError> {
        let (interactions, popularity) = (rows.numbers("interactions")?, rows.floats("popularity")?);
        Ok((0..rows.len())
            .map(|i| Self { interactions: interactions.value(i), popularity: popularity.value(i) })
            .collect())
    }
}

impl Dataset {
    /// What came after what in the histories, ordered by `from`, then `to`.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn transitions(&self) -> Result<Vec<Transition>, IngestError> {
        transitions(&read(&self.dir, Table::Transitions)?)
    }

    /// The same in the histories of some users alone.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn transitions_of(&self, users: &[&str]) -> Result<Vec<Transition>, IngestError> {
        transitions(&self.pairs_of(users, Table::Transitions)?)
    }

    /// Which items share histories, ordered by `a`, then `b`.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn cooccurrence(&self) -> Result<Vec<Cooccurrence>, IngestError> {
        cooccurrence(&read(&self.dir, Table::Cooccurrence)?)
    }

    /// The same of the histories of some users alone.
    ///
    /// # Errors
    /// A damaged dataset.
    pub fn cooccurrence_of(&self, users: &[&str]) -> Result<Vec<Cooccurrence>, IngestError> {
        cooccurrence(&self.pairs_of(users, Table::Cooccurrence)?)
    }

    /// A table of pairs as it would be if nobody but `users` had been in the shop.
    fn pairs_of(&self, users: &[&str], table: Table) -> Result<Vec<Rows>, IngestError> {
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
        let made = plans.rows(table.file_name(), &pairs(table))?;
        Ok(made.into_iter().map(|batch| Rows::made(batch, &self.dir.path, table)).collect())
    }

    /// Impressions and reactions by item over the given lists (their rows in `lists`): the training lists while some are
    /// held out, all of them for an export. One entry an item; all zero where the lists are not impressions of an event log.
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

/// Makes a table of one column.
fn register(plans: &Plans, table: &str, column: &str, values: ArrayRef) -> Result<(), IngestError> {
    let schema = Arc::new(Schema::new(vec![Field::new(column, values.data_type().clone(), false)]));
    let batch = RecordBatch::try_new(schema, vec![values]);
    plans.register(table, vec![batch.map_err(|error| IngestError::plan(table)(error.into()))?])
}
