//! The records of a dataset.

use windowshop_schema::event::InteractionKind;
use windowshop_schema::sentiment::SentimentLabel;
use windowshop_schema::table::TableColumn;

/// One list of items and how good they were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// The unit of splitting and of the bootstrap: the query in lower case, or the hashed user.
    pub key: String,
    /// What was searched for.
    pub query: Option<String>,
    /// What the visitor had done before the list was shown, oldest first.
    pub session: Vec<SessionEvent>,
    /// Items in the shop's order, best first.
    pub items: Vec<u32>,
    /// One grade an item.
    pub grades: Vec<f32>,
    /// The item that came next, in the list or not.
    pub target: Option<u32>,
    /// Who saw it, as a pseudonym, where that is known.
    pub user: Option<String>,
    /// When it was shown, in milliseconds since 1970, where that is known.
    pub time_ms: Option<i64>,
    /// Candidates of other retrievers that are not in `items`: for training only.
    pub training_only: Vec<u32>,
}

/// One thing that a visitor did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SessionEvent {
    /// Row of the item.
    pub item: u32,
    /// What was done.
    pub kind: InteractionKind,
    /// Seconds before the list, where times are known.
    pub age_s: Option<f32>,
}

/// A sequence of one user: all that is known, or one session where times are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The hashed user. A user of several sessions has several histories.
    pub user: String,
    /// Items, oldest first.
    pub items: Vec<u32>,
    /// What was done with each.
    pub kinds: Vec<InteractionKind>,
    /// Has this user a list? Then what came next is a label and not here.
    pub has_list: bool,
    /// The item that came next, where the data says so and the user has no list.
    pub target: Option<u32>,
    /// Rises in the order of the file, or of time where times are known.
    pub order: i64,
    /// Is it of the store's test file? Then nothing is learned from it.
    pub held_out: bool,
}

/// Everything that one visitor did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Visitor {
    /// The hashed user.
    pub user: String,
    /// Oldest first.
    pub interactions: Vec<Interaction>,
}

/// One thing that a visitor did, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interaction {
    /// Row of the item.
    pub item: u32,
    /// What was done.
    pub kind: InteractionKind,
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// Index of the list that it answers.
    pub list: Option<u32>,
}

/// What somebody wrote about something.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// The text, which no other review has; the unit of splitting and of the bootstrap.
    pub text: String,
    /// How the reviewer felt.
    pub sentiment: SentimentLabel,
    /// The category of what was reviewed.
    pub category: Option<String>,
}

/// What somebody wrote about an item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemReview {
    /// Row of the item.
    pub item: u32,
    /// 1 to 5, where the store has them.
    pub stars: Option<f32>,
    /// The text, which other reviews may have as well.
    pub text: String,
}

/// Labelled rows, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What is known of each row.
    pub columns: Vec<TableColumn>,
    /// What came of it.
    pub rows: Vec<TableRow>,
}

/// What came of a row, and where it belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// The unit of splitting: rows of one group, or that say the same, have the same.
    pub key: String,
    /// The class.
    pub label: String,
    /// Where rows have a time: which cut they are from, rising. The last is tested on, the one before validated on.
    pub period: Option<u32>,
}
