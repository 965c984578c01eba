//! Orders and cancellations as labelled rows: one row per cut date, customer and item bought before the cut. The label says
//! whether the item was bought again in the window after the cut, and cancelled. Fills `table_rows`.
//!
//! Features use events before the cut only. Cuts are one window apart, so that no training window overlaps the test window.

use windowshop_schema::store::Transactions;

use crate::columns::column;
use crate::error::IngestError;
use crate::job::Job;
use crate::source;
use crate::sql::{Sql, literal, quoted, user_hash};
use crate::staging::TABLE_ROWS;

const TABLE: &str = "transactions";
/// One cut each for training, validation and test.
const FEWEST_CUTS: u32 = 3;

/// Reads the orders, if the store has any, and makes the rows.
pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    let Some(orders) = &job.store.transactions else { return Ok(()) };
    if orders.window_days == 0 || orders.cuts < FEWEST_CUTS {
        return Err(IngestError::Store(format!(
            "[transactions]: window_days {}, cuts {}: expected at least 1 day and {FEWEST_CUTS} cuts, for training, validation and test",
            orders.window_days, orders.cuts
        )));
    }
    read(job, orders)?;
    let cuts = Sql::new(include_str!("sql/transactions/cuts.sql"))
        .number("cuts", orders.cuts)
        .number("window", orders.window_days);
    job.plans.make("cuts", &cuts)?;
    job.step("transactions", "features at each cut");
    job.plans.make("purchases", &Sql::new(include_str!("sql/transactions/purchases.sql")))?;
    job.plans.make("pair_facts", &Sql::new(include_str!("sql/transactions/pair_facts.sql")))?;
    job.plans.make("customer_facts", &Sql::new(include_str!("sql/transactions/customer_facts.sql")))?;
    job.plans.make("item_facts", &Sql::new(include_str!("sql/transactions/item_facts.sql")))?;
    job.plans.make("outcomes", &Sql::new(include_str!("sql/transactions/outcomes.sql")))?;
    job.plans.make(TABLE_ROWS, &Sql::new(include_str!("sql/transactions/table_rows.sql")))
}

fn read(job: &mut Job<'_>, orders: &Transactions) -> Result<(), IngestError> {
    let Transactions { file, order, customer, item, time, time_format, quantity, price, cancel_prefix, .. } = orders;
    job.step("transactions", file);
    let columns = [
        column("transactions.order", order),
        column("transactions.customer", customer),
        column("transactions.item", item),
        column("transactions.time", time),
        column("transactions.quantity", quantity),
        column("transactions.price", price),
    ];
    let path = job.file(file);
    source::open(&job.plans, "raw_transactions", "transactions.file", &path, true, &columns)?;
    let time = match time_format {
        Some(format) => format!("to_timestamp_seconds(trim({}), {})", quoted(time), literal(format)),
        None => format!("TRY_CAST(trim({}) AS TIMESTAMP(0))", quoted(time)),
    };
    let cancelled = match cancel_prefix.as_deref().unwrap_or_default() {
        "" => "false".to_owned(),
        prefix => format!("starts_with(trim({}), {})", quoted(order), literal(prefix)),
    };
    let checked = Sql::new(include_str!("sql/transactions/checked.sql"))
        .column("order", order)
        .column("customer", customer)
        .raw("customer_hash", &user_hash(&job.salt, &format!("trim({})", quoted(customer))))
        .column("item", item)
        .raw("time", &time)
        .column("quantity", quantity)
        .column("price", price)
        .raw("cancelled", &cancelled);
    let made = job.plans.make("transactions_checked", &checked);
    made.map_err(|error| match (time_format, error) {
        (Some(format), IngestError::Plan { source, .. }) => IngestError::Malformed {
            path: crate::error::shown(&path),
            found: format!("a time that does not match transactions.time_format `{format}` ({source})"),
        },
        (_, error) => error,
    })?;
    job.report.count_dropped(&job.plans, "transactions_checked", TABLE)?;
    job.report.require_rows(TABLE, file)
}
