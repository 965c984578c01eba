//! The layout of a dataset folder: file names and `dataset.json`.

use serde::{Deserialize, Serialize};
use windowshop_schema::StoreConfig;
use windowshop_schema::grade::GradeScale;

use crate::report::Report;

/// Incremented when an older trainer would misread a dataset.
pub(crate) const FORMAT_VERSION: u32 = 7;
pub(crate) const DATASET_FILE: &str = "dataset.json";
pub(crate) const REPORT_FILE: &str = "report.json";

/// A table of the dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    Items,
    Lists,
    ListSessions,
    ListTrainingItems,
    Histories,
    Interactions,
    Transitions,
    Cooccurrence,
    Reviews,
    Labelled,
    Photos,
    ItemPhotos,
}

impl Table {
    pub(crate) const ALL: [Table; 12] = [
        Table::Items,
        Table::Lists,
        Table::ListSessions,
        Table::ListTrainingItems,
        Table::Histories,
        Table::Interactions,
        Table::Transitions,
        Table::Cooccurrence,
        Table::Reviews,
        Table::Labelled,
        Table::Photos,
        Table::ItemPhotos,
    ];

    pub(crate) fn file_name(self) -> &'static str {
        match self {
            Table::Items => "items.parquet",
            Table::Lists => "lists.parquet",
            Table::ListSessions => "list_sessions.parquet",
            Table::ListTrainingItems => "list_training_items.parquet",
            Table::Histories => "histories.parquet",
            Table::Interactions => "interactions.parquet",
            Table::Transitions => "transitions.parquet",
            Table::Cooccurrence => "cooccurrence.parquet",
            Table::Reviews => "reviews.parquet",
            Table::Labelled => "table.parquet",
            Table::Photos => "photos.parquet",
            Table::ItemPhotos => "item_photos.parquet",
        }
    }
}

/// `dataset.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DatasetFile {
    pub(crate) format_version: u32,
    pub(crate) name: String,
    pub(crate) scale: GradeScale,
    pub(crate) shop_order: bool,
    pub(crate) simulated: bool,
    /// Whether the tables are encrypted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) encrypted: bool,
    /// Without the salt.
    pub(crate) store: StoreConfig,
    pub(crate) report: Report,
}
