//! The tone of a review.

use serde::{Deserialize, Serialize};

/// How a reviewer felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Would not buy it again.
    Negative,
    /// Neither.
    Neutral,
    /// Would.
    Positive,
}

impl Tone {
    /// Every tone, from worst to best.
    pub const ALL: [Tone; 3] = [Tone::Negative, Tone::Neutral, Tone::Positive];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Tone::Negative => "negative",
            Tone::Neutral => "neutral",
            Tone::Positive => "positive",
        }
    }

    /// From −1 to 1, so that a mean of tones says something.
    pub fn value(self) -> f32 {
        match self {
            Tone::Negative => -1.0,
            Tone::Neutral => 0.0,
            Tone::Positive => 1.0,
        }
    }

    /// The tone of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tone| tone.name() == name)
    }
}
