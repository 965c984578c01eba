//! Errors of this crate.

/// Why weights do not fit a network.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A weight is missing.
    #[error("weights: tensor `{name}` is missing: another version of the network wrote the file; train again")]
    MissingWeight {
        /// Path of the parameter.
        name: String,
    },
    /// A weight has the wrong shape.
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
