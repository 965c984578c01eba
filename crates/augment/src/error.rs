//! What can be wrong with a policy, a picture or a record.

/// Names the culprit, what was found and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A policy that cannot be meant: an unknown operator or key, a number out of range.
    #[error("{culprit}: found {found}; expected {expected}")]
    Policy {
        /// Where in the policy, as `transforms[2].probability`.
        culprit: String,
        /// What stood there.
        found: String,
        /// What may stand there.
        expected: String,
    },
    /// Pixels that are not those of a picture of the given size.
    #[error("picture of {width} x {height} with {channels} channels: found {found} bytes; expected {expected}")]
    Pixels {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// Bytes a pixel.
        channels: usize,
        /// Bytes given.
        found: usize,
        /// What bytes there must be.
        expected: String,
    },
    /// A file that is no picture.
    #[error("picture file: {0}; expected JPEG or WebP")]
    Decode(String),
    /// A record of a picture of another size, or one that nobody recorded.
    #[error("record: {culprit}: found {found}; expected {expected}")]
    Record {
        /// Which of the recorded values.
        culprit: String,
        /// What it is.
        found: String,
        /// What it may be.
        expected: String,
    },
    /// A batch whose parts do not belong together.
    #[error("batch: {culprit}: found {found}; expected {expected}")]
    Batch {
        /// Which part.
        culprit: String,
        /// What it is.
        found: String,
        /// What it may be.
        expected: String,
    },
}

/// A result with this crate's error.
pub type Result<T> = std::result::Result<T, Error>;
