//! What the engine refuses, with a stable code for each.

use windowshop_bundle::BundleError;
use windowshop_features::visit::WrongVersion;
use windowshop_schema::dims::MAX_ITEMS;

/// Refusals of the engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The bundle was refused.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The weights do not fit the configuration.
    #[error(
        "{kind}.safetensors: `{name}` is {found}: the bundle was assembled from parts that do not belong together; export it again"
    )]
    Weights {
        /// Whose weights.
        kind: &'static str,
        /// Which kind of the network.
        name: String,
        /// What is wrong with it.
        found: String,
    },
    /// The bundle has no such network, or it was not opened yet.
    #[error(
        "{kind}: no such network in this bundle: train one with `trainer train {kind}` and export it into the bundle"
    )]
    MissingNetwork {
        /// The network.
        kind: &'static str,
    },
    /// A generator that is there for measuring only.
    #[error(
        "generator.safetensors: the network is the baseline `mlp`, which cannot be asked for a category: train with model.network = \"convolutional\" and export that run"
    )]
    Baseline,
    /// The network in the bundle knows nothing of visits: it reads rows of the shop's own.
    #[error(
        "intent: the network in this bundle reads rows, not what the visitor did: pass a row with {columns}, or train a network on the shop's [events] and export it"
    )]
    NeedsRow {
        /// The columns that it reads.
        columns: String,
    },
    /// A network that reads visits was asked before anything was done in this one.
    #[error(
        "intent: the visitor did nothing yet in this visit, or nothing since the last purchase: track an event first"
    )]
    EmptyVisit,
    /// The network reads visits as another version of this engine tells them.
    #[error("intent.safetensors: {0}; train and export again")]
    VisitVersion(WrongVersion),
    /// More items than one request may carry.
    #[error("items: {found} in one request, at most {MAX_ITEMS} are allowed: re-rank the first page of results only")]
    TooManyItems {
        /// How many there were.
        found: usize,
    },
    /// A handle or an identifier that was never registered.
    #[error("items: {found} is not registered: pass the item to registerItems first")]
    UnknownItem {
        /// The handle or identifier.
        found: String,
    },
    /// An argument that cannot be used.
    #[error("{argument}: found {found}, expected {expected}")]
    InvalidArgument {
        /// Which argument.
        argument: String,
        /// What it was.
        found: String,
        /// What it must be.
        expected: String,
    },
}

impl EngineError {
    pub(crate) fn weights(kind: &'static str, name: &str, found: &str) -> Self {
        EngineError::Weights { kind, name: name.into(), found: found.into() }
    }

    /// The code JavaScript branches on.
    pub fn code(&self) -> &'static str {
        match self {
            EngineError::Bundle(error) => error.code(),
            EngineError::Weights { .. } => "bundle_corrupt",
            EngineError::MissingNetwork { .. } | EngineError::Baseline => "network_missing",
            EngineError::NeedsRow { .. } => "intent_needs_row",
            EngineError::EmptyVisit => "intent_empty_visit",
            EngineError::VisitVersion(_) => "bundle_features",
            EngineError::TooManyItems { .. } => "too_many_items",
            EngineError::UnknownItem { .. } => "unknown_item",
            EngineError::InvalidArgument { .. } => "invalid_argument",
        }
    }
}
