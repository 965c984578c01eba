//! The tasks by name.

use clap::ValueEnum;

/// A task of `trainer train`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TaskName {
    /// The ranker: query, session and item quality to one score.
    Ranker,
    /// The sentiment of a review: negative, neutral or positive.
    Sentiment,
    /// Purchase intent of a visit, or the class of a labelled table row.
    Intent,
    /// The next item of a session.
    Sequence,
    /// The category and the embedding of a product photo.
    Image,
    /// A generator of synthetic table rows, class by class, for intent networks with few real rows.
    Tabular,
    /// A generator of product photos by category, and its discriminator.
    Gan,
}

impl TaskName {
    /// The name in commands, settings and run folders.
    pub fn name(self) -> &'static str {
        match self {
            TaskName::Ranker => "ranker",
            TaskName::Sentiment => "sentiment",
            TaskName::Intent => "intent",
            TaskName::Sequence => "sequence",
            TaskName::Image => "image",
            TaskName::Tabular => "tabular",
            TaskName::Gan => "gan",
        }
    }
}
