//! What a page is refused, with a stable code for each.

use windowshop_augment::{Error, Size};

use crate::MAX_PIXELS;

/// Refusals of the page's side.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A policy, a record or pixels that cannot be meant.
    #[error(transparent)]
    Augment(#[from] Error),
    /// An image, or what a policy makes of it, that a page has no room for.
    #[error("image: {} x {} pixels, at most {MAX_PIXELS} are allowed: make the photo smaller with `maxSide`, or crop and resize less", size.width, size.height)]
    TooLarge {
        /// How large it is or would be.
        size: Size,
    },
    /// Text that is no record.
    #[error("record: found {found}; expected what `augment` returned")]
    Record {
        /// What is wrong with it.
        found: String,
    },
}

impl PageError {
    /// The code JavaScript branches on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Augment(error) => error.code(),
            Self::TooLarge { .. } => "image_too_large",
            Self::Record { .. } => "record_invalid",
        }
    }
}
