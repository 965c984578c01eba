//! Errors of the engine, each with a stable code.

use windowshop_bundle::BundleError;
use windowshop_features::visit::WrongVersion;
use windowshop_schema::dims::MAX_ITEMS;

/// An error of the engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The bundle is invalid.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// Weights or statistics that do not fit the configuration.
    #[error("{kind}.safetensors: `{name}` is {found}: the files of the bundle do not belong together; export it again")]
    Weights {
        /// The network, or `statistics`.
        kind: &'static str,
        /// Name of the tensor or table.
        name: String,
        /// The fault.
        found: String,
    },
    /// The bundle has no such network, or it is not open yet.
    #[error("{task}: no such network in this bundle: train one with `trainer train {task}` and export it")]
    MissingNetwork {
        /// The task that trains it.
        task: &'static str,
    },
    /// A baseline generator, which cannot generate a given category.
    #[error(
        "generator.safetensors: the baseline `mlp` has no categories: export a run with model.network = \"convolutional\""
    )]
    Baseline,
    /// The intent network reads rows of the shop's own, not visits.
    #[error(
        "intent: the network reads rows, not tracked events: pass a row with {columns}, or train one on [events] and export it"
    )]
    NeedsRow {
        /// Its columns.
        columns: String,
    },
    /// The current visit has no events.
    #[error("intent: no events in this visit, or none since the last purchase: track an event first")]
    EmptyVisit,
    /// The network expects another version of a visit's columns.
    #[error("intent.safetensors: {0}; train and export again")]
    VisitVersion(WrongVersion),
    /// A request with too many items.
    #[error("items: {found} in one request, at most {MAX_ITEMS} are allowed: re-rank the first page of results only")]
    TooManyItems {
        /// Number of items.
        found: usize,
    },
    /// A handle or identifier that is not registered.
    #[error("items: {found} is not registered: pass the item to registerItems first")]
    UnknownItem {
        /// The handle or identifier.
        found: String,
    },
    /// An invalid argument.
    #[error("{argument}: found {found}, expected {expected}")]
    InvalidArgument {
        /// Name of the argument.
        argument: String,
        /// The value.
        found: String,
        /// A description of valid values.
        expected: String,
    },
}

impl EngineError {
    pub(crate) fn weights(kind: &'static str, name: &str, found: &str) -> Self {
        EngineError::Weights { kind, name: name.into(), found: found.into() }
    }

    /// The code for JavaScript.
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
