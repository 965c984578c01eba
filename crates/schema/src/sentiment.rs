//! The sentiment of a review.

use serde::{Deserialize, Serialize};

/// Sentiment of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum SentimentLabel {
    /// The reviewer would not buy the item again.
    Negative,
    /// Neither negative nor positive.
    Neutral,
    /// The reviewer would buy the item again.
    Positive,
}

impl SentimentLabel {
    /// Every label, from negative to positive.
    pub const ALL: [SentimentLabel; 3] = [SentimentLabel::Negative, SentimentLabel::Neutral, SentimentLabel::Positive];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            SentimentLabel::Negative => "negative",
            SentimentLabel::Neutral => "neutral",
            SentimentLabel::Positive => "positive",
        }
    }

    /// −1, 0 or 1, so that sentiments can be averaged.
    pub fn value(self) -> f32 {
        match self {
            SentimentLabel::Negative => -1.0,
            SentimentLabel::Neutral => 0.0,
            SentimentLabel::Positive => 1.0,
        }
    }

    /// The label of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sentiment| sentiment.name() == name)
    }
}
