//! The plans from raw files to staging tables, in order.

use windowshop_schema::store::Lists;

use crate::error::IngestError;
use crate::job::Job;
use crate::{candidates, catalogue, events, graded, histories, items, photos, reviews, staging, table, transactions};

/// Runs the plans up to the staging tables and the numbers of items. Writes nothing.
pub(crate) fn prepare(job: &mut Job<'_>) -> Result<(), IngestError> {
    catalogue::prepare(job)?;
    match &job.store.lists {
        Some(Lists::Graded { .. }) => graded::prepare(job)?,
        Some(Lists::Candidates { .. }) => candidates::prepare(job)?,
        Some(Lists::Events) => events::prepare(job)?,
        None if job.store.events.is_some() => events::prepare(job)?,
        None if job.store.histories.is_some() => histories::prepare(job)?,
        None if job.store.reviews.is_some()
            || job.store.table.is_some()
            || job.store.transactions.is_some()
            || job.store.photos.is_some() => {}
        None => {
            let text = "nothing to ingest: found neither lists, histories, events, reviews, photos, table nor transactions, expected at least one; add a [lists] table";
            return Err(IngestError::Store(text.into()));
        }
    }
    reviews::prepare(job)?;
    if job.store.table.is_some() && job.store.transactions.is_some() {
        let text = "[table] and [transactions] both make labelled rows: expected one of them; describe the other in a store of its own";
        return Err(IngestError::Store(text.into()));
    }
    table::prepare(job)?;
    transactions::prepare(job)?;
    photos::prepare(job)?;
    staging::fill_missing(&job.plans)?;
    items::number(job)?;
    photos::items::prepare(job)
}
