//! The networks other than the ranker.

use serde::{Deserialize, Serialize};

/// A network with its own file in a run and in a bundle. Each is optional and usable alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum NetworkKind {
    /// The sentiment of a review.
    Sentiment,
    /// The purchase intent of a visit.
    Intent,
    /// The next item of a session.
    Sequence,
    /// The category and the embedding of an image.
    Image,
    /// The generator of a GAN: images of a category.
    Generator,
}

impl NetworkKind {
    /// Every kind.
    pub const ALL: [NetworkKind; 5] = [
        NetworkKind::Sentiment,
        NetworkKind::Intent,
        NetworkKind::Sequence,
        NetworkKind::Image,
        NetworkKind::Generator,
    ];

    /// The name in TypeScript and in messages.
    pub fn name(self) -> &'static str {
        match self {
            NetworkKind::Sentiment => "sentiment",
            NetworkKind::Intent => "intent",
            NetworkKind::Sequence => "sequence",
            NetworkKind::Image => "image",
            NetworkKind::Generator => "generator",
        }
    }

    /// The task of `trainer train`. `gan` trains a generator together with its discriminator.
    pub fn task(self) -> &'static str {
        match self {
            NetworkKind::Generator => "gan",
            NetworkKind::Sentiment | NetworkKind::Intent | NetworkKind::Sequence | NetworkKind::Image => self.name(),
        }
    }

    /// Its file in a bundle.
    pub fn file(self) -> &'static str {
        match self {
            NetworkKind::Sentiment => "sentiment.safetensors",
            NetworkKind::Intent => "intent.safetensors",
            NetworkKind::Sequence => "sequence.safetensors",
            NetworkKind::Image => "image.safetensors",
            NetworkKind::Generator => "generator.safetensors",
        }
    }
}
