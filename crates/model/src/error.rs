//! What can go wrong with a network.

/// Refusals of this crate.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A weight is absent.
    #[error("weights: tensor `{name}` is missing: the file was written by another version of the network; train again")]
    MissingWeight {
        /// Path of the parameter.
        name: String,
    },
    /// A weight has another shape than the network.
    #[error(
        "weights: tensor `{name}` has shape {found:?}, expected {expected:?}: the file belongs to another configuration; train again"
    )]
    WeightShape {
        /// Path of the parameter.
        name: String,
        /// Shape in the file.
        found: Vec<usize>,
        /// Shape in the network.
        expected: Vec<usize>,
    },
}
