//! The sentiment of a review.

use serde::{Deserialize, Serialize};

/// How a reviewer felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentimentLabel {
    /// Would not buy it again.
    Negative,
    /// Neither.
    Neutral,
    /// Would.
    Positive,
}

impl SentimentLabel {
    /// Every sentiment, from worst to best.
    pub const ALL: [SentimentLabel; 3] = [SentimentLabel::Negative, SentimentLabel::Neutral, SentimentLabel::Positive];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            SentimentLabel::Negative => "negative",
            SentimentLabel::Neutral => "neutral",
            SentimentLabel::Positive => "positive",
        }
    }

    /// From −1 to 1, so that a mean of sentiments says something.
    pub fn value(self) -> f32 {
        match self {
            SentimentLabel::Negative => -1.0,
            SentimentLabel::Neutral => 0.0,
            SentimentLabel::Positive => 1.0,
        }
    }

    /// The sentiment of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sentiment| sentiment.name() == name)
    }
}
