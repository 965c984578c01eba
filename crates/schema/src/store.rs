//! `store.toml`: where a shop's raw files are and what their columns mean.

use serde::{Deserialize, Serialize};

use crate::{
    config::{
        GanTrainConfig, ImageTrainConfig, IntentTrainConfig, RankerTrainConfig, SentimentTrainConfig,
        SequenceTrainConfig, TabularTrainConfig,
    },
    grade::GradeScale,
};

/// A shop's raw files. Paths are relative to the data folder (by default the folder of `store.toml`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// Short name; becomes the bundle's name.
    pub name: String,
    /// Where the data came from and under which terms.
    #[serde(default)]
    pub licence: String,
    /// Folder of the raw files, relative to `store.toml`.
    #[serde(default = "here")]
    pub data: String,
    /// The product table; without one, items are taken from the lists.
    #[serde(default)]
    pub catalogue: Option<Catalogue>,
    /// What was shown and how good it was.
    #[serde(default)]
    pub lists: Option<Lists>,
    /// What users did, one row a user, oldest item first.
    #[serde(default)]
    pub histories: Option<Histories>,
    /// An event log in metarank's shape (JSONL).
    #[serde(default)]
    pub events: Option<Events>,
    /// Reviews with their sentiment.
    #[serde(default)]
    pub reviews: Option<Reviews>,
    /// Rows of numbers and categories with a label.
    #[serde(default)]
    pub table: Option<Table>,
    /// Orders with their cancellations, from which labelled rows are made.
    #[serde(default)]
    pub transactions: Option<Transactions>,
    /// Photos with their category.
    #[serde(default)]
    pub photos: Option<Photos>,
    /// Rules that drop rows; each drop is counted by reason.
    #[serde(default)]
    pub clean: Clean,
    /// What of its visitors a dataset does not tell.
    #[serde(default)]
    pub privacy: Privacy,
    /// Fingerprint of the dataset that all of these visitors were simulated after; `trainer simulate` writes it. Empty: they are the
    /// shop's own.
    #[serde(default)]
    pub simulated_from: String,
    /// Training settings that suit this store; `--config` and `--set` override them.
    #[serde(default)]
    pub train: Train,
}

/// Training settings by task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Train {
    /// `trainer train ranker`
    pub ranker: RankerTrainConfig,
    /// `trainer train sentiment`
    pub sentiment: SentimentTrainConfig,
    /// `trainer train intent`
    pub intent: IntentTrainConfig,
    /// `trainer train sequence`
    pub sequence: SequenceTrainConfig,
    /// `trainer train image`
    pub image: ImageTrainConfig,
    /// `trainer train tabular`
    pub tabular: TabularTrainConfig,
    /// `trainer train gan`
    pub gan: GanTrainConfig,
}

fn here() -> String {
    ".".into()
}

fn yes() -> bool {
    true
}

/// How a table file is read. The format follows the extension: csv, tsv, jsonl, parquet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// File name.
    pub file: String,
    /// Column of the item identifier.
    pub id: String,
    /// Column of the title.
    pub title: String,
    /// Columns of further text, joined by a space.
    #[serde(default)]
    pub text: Vec<String>,
    /// Column of the category.
    #[serde(default)]
    pub category: Option<String>,
    /// Column of the price.
    #[serde(default)]
    pub price: Option<String>,
    /// Column of the mean star rating.
    #[serde(default)]
    pub rating: Option<String>,
    /// Column of the number of ratings.
    #[serde(default)]
    pub rating_count: Option<String>,
    /// Column of the photo's path below the data folder (JPEG, PNG, WebP). The dataset keeps the photos.
    #[serde(default)]
    pub image: Option<String>,
    /// Column of the photo's colour descriptor, [`crate::dims::COLOR_DESCRIPTOR_DIM`] numbers: an array in JSONL and Parquet; in CSV and
    /// TSV a JSON array or numbers separated by spaces.
    #[serde(default)]
    pub image_embedding: Option<String>,
}

/// Lists to learn from and to judge on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Lists {
    /// One row a (query, item) with a human grade; the row order means nothing.
    Graded {
        /// File name.
        file: String,
        /// Column of the query text.
        query: String,
        /// Column of the item's title.
        title: String,
        /// Column of the grade.
        grade: String,
        /// Range of the grade.
        #[serde(default = "one_to_three")]
        scale: GradeScale,
    },
    /// One row a user: the shop's list as space-separated item identifiers, best first. The label is `histories.target`.
    Candidates {
        /// File name.
        file: String,
        /// Has the file a header line? Without one, columns are named column_1, column_2…
        #[serde(default)]
        header: bool,
        /// Column of the user.
        user: String,
        /// Column of the list.
        items: String,
        /// Further lists of the same form, from other retrievers: training candidates only, never shown to the ranker at request time.
        #[serde(default)]
        training_files: Vec<String>,
    },
    /// Impressions of the event log, labelled by the interactions that refer to them.
    Events,
}

fn one_to_three() -> GradeScale {
    GradeScale { min: 1.0, max: 3.0 }
}

/// User histories as sequences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Histories {
    /// File name.
    pub file: String,
    /// Has the file a header line? Without one, columns are named column_1, column_2…
    #[serde(default = "yes")]
    pub header: bool,
    /// Column of the user. Empty: every row is a user of its own (a file of anonymous sessions).
    #[serde(default)]
    pub user: String,
    /// Column of the space-separated item identifiers, oldest first.
    pub items: String,
    /// Column of the item that came next.
    #[serde(default)]
    pub target: Option<String>,
    /// A second file of the same form whose rows are judged on and never learned from. Its last column may be one that the
    /// first file lacks: the target.
    #[serde(default)]
    pub test_file: Option<String>,
    /// Is the behaviour simulated? Written into the model card.
    #[serde(default)]
    pub simulated: bool,
}

/// An event log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// File name.
    pub file: String,
    /// Is the behaviour simulated? Written into the model card. So it is as well where any row has the field `simulated`, true.
    #[serde(default)]
    pub simulated: bool,
}

/// Reviews. Their sentiment is the label where there is one, else what the stars say: up to 2 negative, from 4 positive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviews {
    /// File name.
    pub file: String,
    /// Columns of the text, joined by a line break. The stars are never among what a network reads.
    pub text: Vec<String>,
    /// Column of the sentiment: `negative`, `neutral` or `positive`, or 0 (negative) and 1 (positive).
    #[serde(default)]
    pub label: Option<String>,
    /// Column of the stars, 1 to 5.
    #[serde(default)]
    pub rating: Option<String>,
    /// Column of the category, for measuring on a category that was not trained on.
    #[serde(default)]
    pub category: Option<String>,
    /// Column of the identifier of the item that is reviewed: what is written about an item then helps to rank it.
    #[serde(default)]
    pub item: Option<String>,
}

/// Labelled rows: what is known of a visit, a customer or a pair, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// File name.
    pub file: String,
    /// Column of the class.
    pub label: String,
    /// The classes in their order, of two the one that is looked for last. Empty: those that occur, sorted; true and false
    /// in any case, 0 and 1 are understood.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Columns that are numbers.
    #[serde(default)]
    pub numeric: Vec<String>,
    /// Columns that are names, numbers that stand for one among them. A column in neither list is a number where all its
    /// cells are, with a fraction or of more than 20 different values.
    #[serde(default)]
    pub categorical: Vec<String>,
    /// Columns that are left out.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Column whose rows stay in one part of the data. Without one, rows that say the same stay together.
    #[serde(default)]
    pub group: Option<String>,
}

/// Orders, one row an item. For each customer and item bought before a cut date: was it bought in the window after, and
/// cancelled then? The last cut is tested on, the one before validated on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transactions {
    /// File name.
    pub file: String,
    /// Column of the order.
    pub order: String,
    /// Column of the customer.
    pub customer: String,
    /// Column of the item.
    pub item: String,
    /// Column of the time.
    pub time: String,
    /// How the time is written, such as `%d/%m/%Y %H:%M`. Without it, as in `2011-12-09 12:50:00`.
    #[serde(default)]
    pub time_format: Option<String>,
    /// Column of the quantity; below 0 it is a cancellation.
    pub quantity: String,
    /// Column of the price of one.
    pub price: String,
    /// What the number of an order starts with that cancels.
    #[serde(default)]
    pub cancel_prefix: Option<String>,
    /// Length of the window that is predicted.
    #[serde(default = "a_month")]
    pub window_days: u32,
    /// Number of cut dates, a window apart; at least 3.
    #[serde(default = "six")]
    pub cuts: u32,
}

fn a_month() -> u32 {
    30
}

fn six() -> u32 {
    6
}

/// Photos with their category: one subfolder a category, or IDX files as MNIST has them (gzip is understood).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Photos {
    /// Folder of subfolders, each named after the category of its photos (JPEG, WebP).
    pub folder: Option<String>,
    /// Such a folder of photos that are tested on and never trained on.
    pub test_folder: Option<String>,
    /// IDX file of grey or RGB pictures.
    pub images: Option<String>,
    /// IDX file of their classes.
    pub labels: Option<String>,
    /// IDX file of the pictures that are tested on and never trained on.
    pub test_images: Option<String>,
    /// IDX file of their classes.
    pub test_labels: Option<String>,
    /// Names of the classes of IDX files, in the order of their numbers.
    pub classes: Vec<String>,
}

/// Rules that drop rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clean {
    /// A second interaction of the same kind with the same item within this time is an accident.
    pub double_click_s: f64,
    /// A pause longer than this starts a new session.
    pub session_gap_minutes: f64,
    /// A user with more interactions than this in one hour is a bot.
    pub bot_events_per_hour: u32,
    /// Events before this date (RFC 3339) have an impossible time.
    pub earliest: String,
    /// Shortest history that is kept.
    pub min_history: u32,
}

impl Default for Clean {
    fn default() -> Self {
        Self {
            double_click_s: 2.0,
            session_gap_minutes: 30.0,
            bot_events_per_hour: 500,
            earliest: "2000-01-01T00:00:00Z".into(),
            min_history: 1,
        }
    }
}

/// What of its visitors a dataset does not tell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Privacy {
    /// Secret mixed into the SHA-256 of every user identifier. Empty: a random salt is drawn and forgotten.
    pub user_salt: String,
    /// A query of the event log that fewer different visitors than this searched for is not kept: its list is, without it
    /// (k-anonymity, Samarati & Sweeney 1998). 0 keeps all.
    pub min_query_visitors: u32,
}
