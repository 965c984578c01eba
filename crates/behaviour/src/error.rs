//! Errors: culprit, found, expected, next step.

/// Error of reading a log, fitting a model, or evaluating.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum BehaviourError {
    /// A list that says nothing of where its items stood.
    #[error(
        "the list for query `{query}` has {items} items and no positions: click models need the position of each item; add it, or use `List::ranked` if the items are in display order"
    )]
    /// A list without positions.
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
    /// Two items at one position.
    RepeatedPosition { query: String, row: u32, column: u32 },
    /// A position of 0.
    #[error("the list for query `{query}` has an item at row {row}, column {column}: positions count from 1")]
    PositionZero { query: String, row: u32, column: u32 },
    /// Items in another order than that in which a page is read.
    #[error(
        "the list for query `{query}` has an item at row {row}, column {column} out of reading order: expected rows from top to bottom, columns in reading direction; sort the items by position"
    )]
    /// Items out of reading order.
    ReadingOrder { query: String, row: u32, column: u32 },
    /// A log without impressions.
    #[error("the log is empty: expected at least one impression with its clicks; name another file")]
    EmptyLog,
    /// A log in which nobody clicked.
    #[error(
        "no click in {impressions} impressions: expected at least one; check that clicks refer to items of their list"
    )]
    /// A log without clicks.
    NoClicks { impressions: usize },
    /// More positions than a table over pairs of positions may have.
    #[error(
        "the log has {found} positions: the user browsing model supports at most {at_most}, because it has a parameter per pair of positions; truncate the lists or fit another model"
    )]
    /// More positions than the user browsing model supports.
    TooManyPositions { found: usize, at_most: usize },
    /// A setting out of range.
    #[error("{setting} is {found}: expected {expected}")]
    Setting { setting: &'static str, found: f64, expected: &'static str },
    /// Too few impressions to hold any out.
    #[error(
        "{impressions} impressions cannot be split into fitting and validation sets: expected a query with at least {expected}; log more"
    )]
    TooFew { impressions: usize, expected: usize },
    /// A log without rounds.
    #[error("the log has no rounds: expected at least one action with its reward and propensity; name another file")]
    EmptyRounds,
    /// A propensity that is no probability of something that happened.
    #[error(
        "round {round} has propensity {found}: expected a number above 0 and at most 1; log the probability of the action that was taken"
    )]
    /// A propensity outside (0, 1].
    Propensity { round: usize, found: f64 },
    /// A reward that is not finite.
    #[error("round {round} has reward {found}: expected a finite number")]
    Reward { round: usize, found: f64 },
    /// Probabilities that are none.
    #[error(
        "the policy's probabilities in context {context} sum to {sum} over {found} of {actions} actions: expected numbers from 0 to 1 for every action that sum to 1"
    )]
    /// Action probabilities that are no distribution.
    Policy { context: usize, sum: f64, found: usize, actions: u32 },
    /// A policy that does not cover the log.
    #[error(
        "the policy has {contexts} contexts and {actions} actions, the log {log_contexts} and {log_actions}: give probabilities for all of them"
    )]
    /// A policy that lacks contexts or actions of the log.
    PolicyTooSmall { contexts: u32, actions: u32, log_contexts: u32, log_actions: u32 },
    /// A policy of which the log says nothing.
    #[error(
        "the policy gives probability 0 to every logged action of {rounds} rounds: its value cannot be estimated; log more exploration"
    )]
    /// A policy without overlap with the log.
    NoOverlap { rounds: usize },
    /// A log without interactions.
    #[error("no click, cart or purchase in any visit: expected at least one interaction; name another log")]
    EmptyVisits,
    /// A product listed twice.
    #[error("product `{id}` is listed twice: keep one")]
    RepeatedProduct { id: String },
    /// A price that is not above 0.
    #[error("product `{id}` costs {found}: expected a number above 0, or no price")]
    Price { id: String, found: f64 },
    /// An act without its product or list.
    #[error(
        "a visit of `{visitor}` has an interaction with product {product} in list {list:?}: expected an index of the products, and of the visit's lists"
    )]
    /// An interaction with an unknown product or list.
    Interaction { visitor: String, product: usize, list: Option<usize> },
    /// A list with an unknown product.
    #[error("a list for query `{query}` shows `{item}`, which is not among the products: add it")]
    UnknownItem { query: String, item: String },
    /// A file that cannot be opened or read.
    #[error("{path} cannot be read: {source}; check its name and rights")]
    File { path: String, source: std::io::Error },
    /// A file that is no table.
    #[error("{path} cannot be read: {source}; export it again")]
    Table { path: String, source: csv::Error },
    /// A missing column.
    #[error("{path} has no column `{wanted}`: found {found}; correct the name")]
    Column { path: String, wanted: String, found: String },
    /// An invalid row.
    #[error("{path}, line {line}: {source}")]
    Line { path: String, line: u64, source: Box<BehaviourError> },
    /// An invalid cell.
    #[error("column `{column}` is `{found}`: expected {expected}")]
    Cell { column: String, found: String, expected: &'static str },
    /// A saved model of another version.
    #[error("click model format {found} is not supported: this version reads format {supported}; fit the model again")]
    Format { found: u64, supported: u64 },
    /// A damaged saved model.
    #[error("the saved click model is damaged: {0}; fit the model again")]
    Damaged(#[from] serde_json::Error),
}

/// Checks that `value` is finite and above 0.
pub(crate) fn positive(setting: &'static str, value: f64) -> Result<(), BehaviourError> {
    match value.is_finite() && value > 0.0 {
        true => Ok(()),
        false => Err(BehaviourError::Setting { setting, found: value, expected: "a number above 0" }),
    }
}
