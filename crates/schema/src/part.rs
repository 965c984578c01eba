//! The networks that have a file of their own, beside the ranker.

use serde::{Deserialize, Serialize};

/// A network with a file of its own, in a run and in a bundle. Each is there or not, and usable alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The tone of a review.
    Sentiment,
    /// Will this visit end in a purchase?
    Intent,
    /// The next item of a session.
    Sequence,
    /// The look and the category of a photo.
    Image,
    /// New pictures of a category.
    Generator,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 5] = [Part::Sentiment, Part::Intent, Part::Sequence, Part::Image, Part::Generator];

    /// The trainer's word for it.
    pub fn task(self) -> &'static str {
        match self {
            Part::Sentiment => "sentiment",
            Part::Intent => "intent",
            Part::Sequence => "sequence",
            Part::Image => "image",
            Part::Generator => "gan",
        }
    }

    /// Its file.
    pub fn file(self) -> &'static str {
        match self {
            Part::Sentiment => "sentiment.safetensors",
            Part::Intent => "intent.safetensors",
            Part::Sequence => "sequence.safetensors",
            Part::Image => "image.safetensors",
            Part::Generator => "generator.safetensors",
        }
    }
}
