//! `store.toml`: the raw files of a shop and the meaning of their columns.

use serde::{Deserialize, Serialize};

use crate::{
    config::{
        GanTrainConfig, ImageTrainConfig, IntentTrainConfig, RankerTrainConfig, SentimentTrainConfig,
        SequenceTrainConfig, TabularTrainConfig,
    },
    grade::GradeScale,
};

/// The raw files of a shop. Paths are relative to the data folder, by default the folder of `store.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// Short name, also of the bundle.
    pub name: String,
    /// Source and licence of the data.
    #[serde(default)]
    pub licence: String,
    /// Folder of the raw files, relative to `store.toml`.
    #[serde(default = "here")]
    pub data: String,
    /// The product table. Without one, the items are those of the lists.
    #[serde(default)]
    pub catalogue: Option<Catalogue>,
    /// Result lists with relevance labels.
    #[serde(default)]
    pub lists: Option<Lists>,
    /// Interaction histories of users, one row per user, oldest item first.
    #[serde(default)]
    pub histories: Option<Histories>,
    /// An event log in metarank's format (JSONL).
    #[serde(default)]
    pub events: Option<Events>,
    /// Reviews with their sentiment.
    #[serde(default)]
    pub reviews: Option<Reviews>,
    /// Labelled rows of numbers and categories.
    #[serde(default)]
    pub table: Option<Table>,
    /// Orders and cancellations, converted to labelled rows.
    #[serde(default)]
    pub transactions: Option<Transactions>,
    /// Labelled photos.
    #[serde(default)]
    pub photos: Option<Photos>,
    /// Cleaning rules. The report counts dropped rows by reason.
    #[serde(default)]
    pub clean: Clean,
    /// Pseudonymisation and k-anonymity.
    #[serde(default)]
    pub privacy: Privacy,
    /// Fingerprint of the dataset that the simulated visitors were fitted to; `trainer simulate` writes it. Empty: real visitors.
    #[serde(default)]
    pub simulated_from: String,
    /// Training settings of this store; `--config` and `--set` override them.
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

/// The product table. The extension gives the format: csv, tsv, jsonl or parquet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// File name.
    pub file: String,
    /// Column of the item identifier.
    pub id: String,
    /// Column of the title.
    pub title: String,
    /// Columns of further text, joined by spaces.
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
    /// Column of the photo's colour descriptor, [`COLOR_DESCRIPTOR_DIM`](crate::dims::COLOR_DESCRIPTOR_DIM) numbers: an array in JSONL
    /// and Parquet; a JSON array or space-separated numbers in CSV and TSV.
    #[serde(default)]
    pub image_embedding: Option<String>,
}

/// Result lists with relevance labels, to train and evaluate on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Lists {
    /// One row per (query, item) with a human grade. The order of rows has no meaning.
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
    /// One row per user: the shop's list as space-separated item identifiers, best first. The label is `histories.target`.
    Candidates {
        /// File name.
        file: String,
        /// Whether the file has a header line. Without one, the columns are `column_1`, `column_2`, …
        #[serde(default)]
        header: bool,
        /// Column of the user.
        user: String,
        /// Column of the list.
        items: String,
        /// Files of the same form from other retrievers: candidates for training only.
        #[serde(default)]
        training_files: Vec<String>,
    },
    /// Impressions of the event log, labelled by the interactions with them.
    Events,
}

fn one_to_three() -> GradeScale {
    GradeScale { min: 1.0, max: 3.0 }
}

/// Interaction histories of users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Histories {
    /// File name.
    pub file: String,
    /// Whether the file has a header line. Without one, the columns are `column_1`, `column_2`, …
    #[serde(default = "yes")]
    pub header: bool,
    /// Column of the user. Empty: anonymous sessions, every row another user.
    #[serde(default)]
    pub user: String,
    /// Column of the space-separated item identifiers, oldest first.
    pub items: String,
    /// Column of the next item.
    #[serde(default)]
    pub target: Option<String>,
    /// File of the same form for the test split. It may have a last column that `file` lacks: the target.
    #[serde(default)]
    pub test_file: Option<String>,
    /// Whether the behaviour is simulated; the model card says so.
    #[serde(default)]
    pub simulated: bool,
}

/// An event log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// File name.
    pub file: String,
    /// Whether the behaviour is simulated; the model card says so. Also true if any row has the field `simulated: true`.
    #[serde(default)]
    pub simulated: bool,
}

/// Reviews. The sentiment is the label if there is one, else from the stars: up to 2 negative, from 4 positive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reviews {
    /// File name.
    pub file: String,
    /// Columns of the text, joined by line breaks. The networks do not read the stars.
    pub text: Vec<String>,
    /// Column of the sentiment: `negative`, `neutral` or `positive`, or 0 (negative) and 1 (positive).
    #[serde(default)]
    pub label: Option<String>,
    /// Column of the stars, 1 to 5.
    #[serde(default)]
    pub rating: Option<String>,
    /// Column of the category, for the test on a held-out category.
    #[serde(default)]
    pub category: Option<String>,
    /// Column of the identifier of the reviewed item. The ranker then uses the reviews of its items.
    #[serde(default)]
    pub item: Option<String>,
}

/// Labelled rows, each of a visit, a customer or a pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// File name.
    pub file: String,
    /// Column of the class.
    pub label: String,
    /// The classes in order; of two, the second is the positive class. Empty: those that occur, sorted. `true` and `false` in
    /// any case, 0 and 1 are recognised.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Numeric columns.
    #[serde(default)]
    pub numeric: Vec<String>,
    /// Categorical columns, numeric codes included. A column in neither list is numeric if all its cells are numbers and it has
    /// fractions or more than 20 distinct values.
    #[serde(default)]
    pub categorical: Vec<String>,
    /// Ignored columns.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Column whose values stay within one split. Without one, equal rows stay within one split.
    #[serde(default)]
    pub group: Option<String>,
}

/// Orders, one row per item. They become one labelled row per cut date, customer and item bought before it: was the item bought
/// in the window after the cut, and cancelled? The last cut is the test split, the one before the validation split.
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
    /// strftime format of the time, such as `%d/%m/%Y %H:%M`. Default: as in `2011-12-09 12:50:00`.
    #[serde(default)]
    pub time_format: Option<String>,
    /// Column of the quantity; a negative one is a cancellation.
    pub quantity: String,
    /// Column of the unit price.
    pub price: String,
    /// Prefix of the order numbers of cancellations.
    #[serde(default)]
    pub cancel_prefix: Option<String>,
    /// Length of the predicted window, in days.
    #[serde(default = "a_month")]
    pub window_days: u32,
    /// Number of cut dates, one window apart; at least 3.
    #[serde(default = "six")]
    pub cuts: u32,
}

fn a_month() -> u32 {
    30
}

fn six() -> u32 {
    6
}

/// Labelled photos: a subfolder per category, or IDX files as of MNIST, also gzipped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Photos {
    /// Folder of subfolders, each named after the category of its photos (JPEG, WebP).
    pub folder: Option<String>,
    /// Folder of the same form for the test split.
    pub test_folder: Option<String>,
    /// IDX file of grey or RGB images.
    pub images: Option<String>,
    /// IDX file of their classes.
    pub labels: Option<String>,
    /// IDX file of the images of the test split.
    pub test_images: Option<String>,
    /// IDX file of their classes.
    pub test_labels: Option<String>,
    /// Names of the classes of IDX files, in the order of their numbers.
    pub classes: Vec<String>,
}

/// Cleaning rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clean {
    /// A repeated interaction of the same kind with the same item within this many seconds is dropped.
    pub double_click_s: f64,
    /// A pause longer than this starts a new session.
    pub session_gap_minutes: f64,
    /// The events of a user with more interactions than this in one hour are dropped as a bot's.
    pub bot_events_per_hour: u32,
    /// Events before this date (RFC 3339) are dropped.
    pub earliest: String,
    /// Shorter histories are dropped.
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

/// Pseudonymisation and k-anonymity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Privacy {
    /// Secret salt of the SHA-256 of every user identifier. Empty: a random one, stored nowhere.
    pub user_salt: String,
    /// k of k-anonymity (Samarati & Sweeney 1998): a query of the event log with fewer distinct visitors is removed; its list is
    /// kept without it. 0: all queries are kept.
    pub min_query_visitors: u32,
}
