//! The records of a dataset.

use windowshop_schema::event::InteractionKind;
use windowshop_schema::sentiment::SentimentLabel;
use windowshop_schema::table::TableColumn;

/// A result list with a grade per item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// Key of the split and the bootstrap: the query in lower case, or the hashed user.
    pub key: String,
    /// The query.
    pub query: Option<String>,
    /// The events of the visitor before the list, oldest first.
    pub session: Vec<SessionEvent>,
    /// Items in the shop's order, best first.
    pub items: Vec<u32>,
    /// One grade per item.
    pub grades: Vec<f32>,
    /// The next item of the visitor, in the list or not.
    pub target: Option<u32>,
    /// The visitor as a pseudonym, if known.
    pub user: Option<String>,
    /// Time of the impression in milliseconds since 1970, if known.
    pub time_ms: Option<i64>,
    /// Candidates of other retrievers that are not in `items`, for training only.
    pub training_only: Vec<u32>,
}

/// An event of a session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SessionEvent {
    /// Index of the item.
    pub item: u32,
    /// Kind of the interaction.
    pub kind: InteractionKind,
    /// Seconds before the list, if times are known.
    pub age_s: Option<f32>,
}

/// The item sequence of a user, or of one session if times are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The hashed user. A user of several sessions has several histories.
    pub user: String,
    /// Items, oldest first.
    pub items: Vec<u32>,
    /// Kind of each interaction.
    pub kinds: Vec<InteractionKind>,
    /// Whether the user has a list. Its label, the next item, is then not in `target`.
    pub has_list: bool,
    /// The next item, if known and the user has no list.
    pub target: Option<u32>,
    /// Sort key: the order of the file, or the time if known.
    pub order: i64,
    /// Whether it is from the store's test file, which is excluded from training.
    pub held_out: bool,
}

/// All interactions of a visitor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Visitor {
    /// The hashed user.
    pub user: String,
    /// Interactions, oldest first.
    pub interactions: Vec<Interaction>,
}

/// An interaction and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interaction {
    /// Index of the item.
    pub item: u32,
    /// Kind of the interaction.
    pub kind: InteractionKind,
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// Index of the list that it answers.
    pub list: Option<u32>,
}

/// A labelled review.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// The text, unique among the reviews; key of the split and the bootstrap.
    pub text: String,
    /// The sentiment.
    pub sentiment: SentimentLabel,
    /// The category of the product.
    pub category: Option<String>,
}

/// A review of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemReview {
    /// Index of the item.
    pub item: u32,
    /// Stars, 1 to 5, if known.
    pub stars: Option<f32>,
    /// The text; other reviews may have the same.
    pub text: String,
}

/// Labelled rows, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The input columns.
    pub columns: Vec<TableColumn>,
    /// Label and split key of each row.
    pub rows: Vec<TableRow>,
}

/// Label and split key of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// Key of the split, equal for rows of one group or equal rows.
    pub key: String,
    /// The class.
    pub label: String,
    /// Period of a row with a time, ascending. The last is the test split, the one before the validation split.
    pub period: Option<u32>,
}
