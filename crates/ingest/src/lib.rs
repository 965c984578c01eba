//! Converts raw shop exports to a dataset: a folder of Parquet files.
//!
//! Joins and aggregations are SQL plans (`src/sql`) without user-defined functions, so that another engine could run them.
//! Rust opens files, decodes event logs and runs the plans in order.
//!
//! ```text
//! store.toml + files -> raw tables (text) -> checked tables (row, reason) -> staging tables -> dataset folder
//! ```

mod candidates;
mod catalogue;
mod columns;
mod dataset;
mod dataset_statistics;
mod decoded_image;
mod error;
mod event_facts;
mod event_log;
mod events;
mod format;
mod graded;
mod histories;
mod items;
mod job;
mod key;
mod new_dataset;
mod options;
mod pairs;
mod parquet;
mod photo;
mod photos;
mod plan;
mod prepare;
mod records;
mod report;
mod reviews;
mod source;
mod sql;
mod staging;
mod statistics;
mod table;
mod text_file;
mod transactions;
mod unpack;
mod write;

use std::path::{Path, PathBuf};

use windowshop_schema::StoreConfig;
use windowshop_schema::store::Lists;

pub use dataset::Dataset;
pub use decoded_image::DecodedImage;
pub use error::IngestError;
pub use key::Key;
pub use options::{IngestOptions, Progress};
pub use photo::Photo;
pub use records::{History, Interaction, ItemReview, List, Review, SessionEvent, Table, TableRow, Visitor};
pub use report::{Finding, Report, Sample, TableRows};
pub use statistics::{Cooccurrence, ItemStatistics, ListStatistics, Transition};

use job::Job;

/// Reads the files of `store` in `data_dir`, cleans and joins them, and writes the dataset folder `out`.
///
/// An existing dataset is replaced as a whole, and only if the ingest succeeds.
///
/// # Errors
/// [`IngestError`]: a missing file or column, a wrong encoding, no row left after cleaning, an `out` that is not a dataset.
pub fn ingest(
    store: &StoreConfig,
    data_dir: &Path,
    out: &Path,
    options: &IngestOptions,
) -> Result<Report, IngestError> {
    run(store, vec![data_dir.to_path_buf()], out, options)
}

/// Like [`ingest`] for later data. `data` is a folder with files named as in `store`, or one file that replaces the store's main file
/// (lists, else events, histories, reviews, table, transactions). Missing files are searched for in the folder of that file, then in
/// `fallback_dir`, usually the folder of the training data.
///
/// # Errors
/// As [`ingest`].
pub fn ingest_raw(
    store: &StoreConfig,
    data: &Path,
    fallback_dir: Option<&Path>,
    out: &Path,
    options: &IngestOptions,
) -> Result<Report, IngestError> {
    let mut store = store.clone();
    // Data for evaluation are not stored, and the ranker reads the queries: no k-anonymity.
    store.privacy.min_query_visitors = 0;
    let mut folders = Vec::new();
    if data.is_file() {
        let absolute = std::path::absolute(data).map_err(IngestError::io(data))?;
        *main_file(&mut store)? = absolute.to_string_lossy().into_owned();
        // The file alone is evaluated.
        if let Some(histories) = &mut store.histories {
            histories.test_file = None;
        }
        folders.extend(absolute.parent().map(Path::to_path_buf));
    } else {
        photos::stand_in(&mut store, data);
        folders.push(data.to_path_buf());
    }
    folders.extend(fallback_dir.map(Path::to_path_buf));
    run(&store, folders, out, options)
}

/// Makes the checks of [`ingest`] without writing: files, columns, types, and the rows to be dropped by reason.
///
/// # Errors
/// As [`ingest`].
pub fn validate(store: &StoreConfig, data_dir: &Path) -> Result<Report, IngestError> {
    let options = IngestOptions::default();
    let mut job = Job::new(store, vec![data_dir.to_path_buf()], &options)?;
    prepare::prepare(&mut job)?;
    Ok(job.report)
}

fn run(store: &StoreConfig, folders: Vec<PathBuf>, out: &Path, options: &IngestOptions) -> Result<Report, IngestError> {
    let folder = new_dataset::new_dataset(out)?;
    let mut job = Job::new(store, folders, options)?;
    prepare::prepare(&mut job)?;
    write::write(&mut job, folder.path())?;
    folder.replace()?;
    Ok(job.report)
}

fn main_file(store: &mut StoreConfig) -> Result<&mut String, IngestError> {
    if let Some(Lists::Graded { file, .. } | Lists::Candidates { file, .. }) = &mut store.lists {
        return Ok(file);
    }
    let files = [
        store.events.as_mut().map(|events| &mut events.file),
        store.histories.as_mut().map(|histories| &mut histories.file),
        store.reviews.as_mut().map(|reviews| &mut reviews.file),
        store.table.as_mut().map(|table| &mut table.file),
        store.transactions.as_mut().map(|orders| &mut orders.file),
    ];
    files.into_iter().flatten().next().ok_or_else(|| {
        let found = "lists, events, histories, reviews, table nor transactions";
        IngestError::Store(format!("a single file needs a main file to replace: found neither {found}; name a folder"))
    })
}
