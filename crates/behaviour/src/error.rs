//! What can go wrong. Every message names the culprit, what was found, what was expected and what to do next.

/// Why a log was refused, a model was not fitted or a file was not read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum BehaviourError {
    /// A list that says nothing of where its items stood.
    #[error(
        "the list for query `{query}` has {items} items and no positions: click models need to know where an item was shown; name the position of every item, or use `List::ranked` where the items are in the shop's order"
    )]
    NoPositions { query: String, items: usize },
    /// A list without items.
    #[error("the list for query `{query}` is empty: expected at least one item; leave the impression out")]
    EmptyList { query: String },
    /// Items, positions and clicks differ in number.
    #[error("the list for query `{query}` has {items} items and {found} {what}: expected one for each item")]
    Lengths { query: String, items: usize, found: usize, what: &'static str },
    /// Two items in one place.
    #[error(
        "the list for query `{query}` has two items at row {row}, column {column}: expected one item in a position; split the list or correct the positions"
    )]
    RepeatedPosition { query: String, row: u32, column: u32 },
    /// A position of 0.
    #[error("the list for query `{query}` has an item at row {row}, column {column}: positions count from 1")]
    PositionZero { query: String, row: u32, column: u32 },
    /// Items in another order than that in which a page is read.
    #[error(
        "the list for query `{query}` has an item at row {row}, column {column} after one further down: expected rows from top to bottom, columns from first to last; sort the items by position"
    )]
    ReadingOrder { query: String, row: u32, column: u32 },
    /// Nothing to learn from.
    #[error("the log is empty: expected at least one impression with its clicks; name another file")]
    EmptyLog,
    /// A log in which nobody clicked.
    #[error(
        "no click in {impressions} impressions: nothing can be learnt from lists that nobody clicked; check that clicks name the items of their list"
    )]
    NoClicks { impressions: usize },
    /// More positions than a table over pairs of positions may have.
    #[error(
        "the log has {found} positions: the user browsing model takes at most {at_most}, since it has a number for every pair of them; cut the lists or fit another model"
    )]
    TooManyPositions { found: usize, at_most: usize },
    /// A setting out of range.
    #[error("{setting} is {found}: expected {expected}")]
    Setting { setting: &'static str, found: f64, expected: &'static str },
    /// Too few impressions to hold any out.
    #[error(
        "{impressions} impressions cannot be cut into a part to fit on and a part to judge on: expected a query with at least {expected}; log more"
    )]
    TooFew { impressions: usize, expected: usize },
    /// A log without rounds.
    #[error("the log has no rounds: expected at least one action with its reward and propensity; name another file")]
    EmptyRounds,
    /// A propensity that is no probability of something that happened.
    #[error(
        "round {round} has propensity {found}: expected a number above 0 and at most 1; what was done had some probability, log that"
    )]
    Propensity { round: usize, found: f64 },
    /// A reward that is no number.
    #[error("round {round} has reward {found}: expected a finite number")]
    Reward { round: usize, found: f64 },
    /// Probabilities that are none.
    #[error(
        "the policy's probabilities in context {context} sum to {sum} over {found} of {actions} actions: expected numbers from 0 to 1 for every action that sum to 1"
    )]
    Policy { context: usize, sum: f64, found: usize, actions: u32 },
    /// A policy that does not cover the log.
    #[error(
        "the policy has {contexts} contexts and {actions} actions, the log {log_contexts} and {log_actions}: give probabilities for all of them"
    )]
    PolicyTooSmall { contexts: u32, actions: u32, log_contexts: u32, log_actions: u32 },
    /// A policy of which the log says nothing.
    #[error(
        "the policy never does what the log did in its {rounds} rounds: nothing can be said of it; log more exploration"
    )]
    NoOverlap { rounds: usize },
    /// A shop in which nothing was done.
    #[error("no click, cart or purchase in any visit: nothing can be learnt of visitors; name another log")]
    EmptyVisits,
    /// A product described twice.
    #[error("product `{id}` is described twice: keep one")]
    RepeatedProduct { id: String },
    /// A price that cannot be.
    #[error("product `{id}` costs {found}: expected a number above 0, or no price")]
    Price { id: String, found: f64 },
    /// An act without its product or list.
    #[error(
        "a visit of `{visitor}` has an act on product {product} in list {list:?}: expected a product and a list of the visit that are there"
    )]
    Act { visitor: String, product: usize, list: Option<usize> },
    /// A list with an item that is no product.
    #[error("a list for query `{query}` shows `{item}`, which is no product: add it to the products")]
    UnknownItem { query: String, item: String },
    /// A file that cannot be opened or read.
    #[error("{path} cannot be read: {source}; check its name and rights")]
    File { path: String, source: std::io::Error },
    /// A file that is not a table.
    #[error("{path} cannot be read: {source}; export it again")]
    Table { path: String, source: csv::Error },
    /// A column that is not there.
    #[error("{path} has no column `{wanted}`: found {found}; correct the name")]
    Column { path: String, wanted: String, found: String },
    /// A row that says something impossible.
    #[error("{path}, line {line}: {source}")]
    Line { path: String, line: u64, source: Box<BehaviourError> },
    /// A cell that is no number of the kind.
    #[error("column `{column}` is `{found}`: expected {expected}")]
    Cell { column: String, found: String, expected: &'static str },
    /// A saved model of another version.
    #[error("click model format {found} is not supported: this version reads format {supported}; fit the model again")]
    Format { found: u64, supported: u64 },
    /// A saved model that is none.
    #[error("the saved click model is damaged: {0}; fit the model again")]
    Damaged(#[from] serde_json::Error),
}

/// Whether `value` is a finite number above 0.
pub(crate) fn positive(setting: &'static str, value: f64) -> Result<(), BehaviourError> {
    match value.is_finite() && value > 0.0 {
        true => Ok(()),
        false => Err(BehaviourError::Setting { setting, found: value, expected: "a number above 0" }),
    }
}
