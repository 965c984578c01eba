//! A fault inside one file, common to reading and writing.

use crate::error::BundleError;

/// What is wrong with a tensor or a manifest key.
#[derive(Debug)]
pub(crate) struct Fault {
    tensor: Option<String>,
    found: String,
    expected: String,
}

impl Fault {
    /// A fault of one tensor or manifest key.
    pub fn of(tensor: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { tensor: Some(tensor.into()), found: found.into(), expected: expected.into() }
    }

    /// A fault of the whole file.
    pub fn whole(found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { tensor: None, found: found.into(), expected: expected.into() }
    }

    /// The error of a file that was read.
    pub fn reading(self, file: &str) -> BundleError {
        let Fault { tensor, found, expected } = self;
        BundleError::Corrupt { file: file.to_owned(), tensor, found, expected }
    }

    /// The error of a file that was to be written.
    pub fn writing(self, file: &str) -> BundleError {
        let Fault { tensor, found, expected } = self;
        BundleError::Invalid { file: file.to_owned(), tensor, found, expected }
    }
}
