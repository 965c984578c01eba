//! Errors of policies, images and records.

/// Names the culprit, what was found and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An unknown operator, as a policy of a newer version may have.
    #[error("{culprit}: found {found}; expected {expected}")]
    Operator {
        /// Where in the policy, as `transforms[2].operator`.
        culprit: String,
        /// The name that stood there.
        found: String,
        /// What may stand there, with the nearest name that is known.
        expected: String,
    },
    /// An invalid policy: an unknown key, a number out of range.
    #[error("{culprit}: found {found}; expected {expected}")]
    Policy {
        /// Where in the policy, as `transforms[2].probability`.
        culprit: String,
        /// What stood there.
        found: String,
        /// What may stand there.
        expected: String,
    },
    /// Pixels that are not those of an image of the given size.
    #[error("image of {width} x {height} with {channels} channels: found {found} bytes; expected {expected}")]
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
    /// A file that is no image.
    #[error("image file: {0}; expected JPEG or WebP")]
    Decode(String),
    /// A record of an image of another size, or one with a value out of range.
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

impl Error {
    /// What a page branches on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Operator { .. } => "unknown_operator",
            Self::Policy { .. } | Self::Batch { .. } => "policy_invalid",
            Self::Record { .. } => "record_invalid",
            Self::Pixels { .. } | Self::Decode(_) => "image_unreadable",
        }
    }
}

/// A result with this crate's error.
pub type Result<T> = std::result::Result<T, Error>;
