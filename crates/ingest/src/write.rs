//! Writes the tables of a dataset, `dataset.json` last.

use std::path::Path;

use datafusion::dataframe::DataFrameWriteOptions;
use windowshop_schema::store::Lists;

use crate::error::{IngestError, shown};
use crate::format::{DATASET_FILE, DatasetFile, FORMAT_VERSION, REPORT_FILE, Table};
use crate::job::Job;
use crate::pairs::{Pairs, RECENT_ITEMS, recent_items};
use crate::sql::Sql;

/// Pseudo-impressions at the shop's average rate that smooth the rates of an item.
const PRIOR_IMPRESSIONS: f64 = 20.0;
/// Runs the output plans and writes the folder.
pub(crate) fn write(job: &mut Job<'_>, folder: &Path) -> Result<(), IngestError> {
    let steps = "SELECT user_hash, session, seq, item_numbers.item, kind, held_out FROM history_rows JOIN item_numbers ON history_rows.item_id = item_numbers.id";
    job.plans.make(RECENT_ITEMS, &recent_items(steps))?;
    for table in Table::ALL {
        job.step("write", table.file_name());
        let path = shown(&folder.join(table.file_name()));
        let options = DataFrameWriteOptions::new().with_single_file_output(true);
        let encryption = job.options.key.as_ref().map(|key| key.encryption(table));
        job.plans.run(table.file_name(), async {
            job.plans.frame(&plan(job, table)).await?.write_parquet(&path, options, encryption).await.map(|_| ())
        })?;
    }
    let mut store = job.store.clone();
    store.privacy.user_salt.clear(); // with salt and hashes one could try identifiers
    let mut report = job.report.clone();
    if job.options.key.is_some() {
        // These files are not encrypted.
        report.dropped.iter_mut().chain(&mut report.warnings).for_each(|finding| finding.samples.clear());
    }
    let dataset = DatasetFile {
        format_version: FORMAT_VERSION,
        name: job.store.name.clone(),
        scale: job.scale(),
        shop_order: job.shop_order(),
        simulated: job.simulated(),
        encrypted: job.options.key.is_some(),
        store,
        report,
    };
    write_json(&folder.join(REPORT_FILE), &dataset.report)?;
    write_json(&folder.join(DATASET_FILE), &dataset)
}

fn plan(job: &Job<'_>, table: Table) -> Sql {
    match table {
        Table::Items => {
            let impressions = matches!(job.store.lists, Some(Lists::Events));
            Sql::new(include_str!("sql/output/items.sql"))
                .raw("impressions", if impressions { "true" } else { "false" })
                .number("prior", PRIOR_IMPRESSIONS)
        }
        Table::Lists => Sql::new(include_str!("sql/output/lists.sql")),
        Table::ListSessions => Sql::new(include_str!("sql/output/list_sessions.sql")),
        Table::ListTrainingItems => Sql::new(include_str!("sql/output/list_training_items.sql")),
        Table::Histories => Sql::new(include_str!("sql/output/histories.sql")),
        Table::Interactions => Sql::new(include_str!("sql/output/interactions.sql")),
        Table::Transitions => Pairs::Transitions.plan(),
        Table::Cooccurrence => Pairs::Cooccurrence.plan(),
        Table::Reviews => Sql::new(include_str!("sql/output/reviews.sql")),
        Table::Labelled => Sql::new(include_str!("sql/output/table.sql")),
        Table::Photos => Sql::new(include_str!("sql/output/photos.sql")),
        Table::ItemPhotos => Sql::new(include_str!("sql/output/item_photos.sql")),
    }
}

fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<(), IngestError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| IngestError::io(path)(error.into()))?;
    Ok(windowshop_files::write(path, text + "\n")?)
}
