//! Preprocessing: raw text, items, sessions and photos to numbers.
//!
//! Deterministic, without I/O and without tensors. Trainer and engine call the same functions, so the network reads the same
//! input in training and in a page.
//!
//! The ranker's features come in groups: [`group`] defines what a group is, and [`groups`] has one file for each.

pub mod context;
pub mod error;
pub mod extractor;
pub mod grams;
pub mod group;
pub mod groups;
pub mod hash;
pub mod item;
pub mod latent;
pub mod list;
pub mod matrix;
pub mod next_item;
pub mod ngrams;
pub mod photo;
pub mod request;
pub mod spec;
pub mod standardise;
pub mod table;
pub mod text;
pub mod text_statistics;
pub mod visit;

pub use error::MalformedTable;
pub use extractor::{FeatureExtractor, RankerInput};
pub use item::{Items, PreparedItem};
pub use list::ListFeatures;
pub use next_item::{Blend, NextItem};
pub use ngrams::{Ngrams, Vocabulary};
pub use request::{ListRequest, SessionEvent};
pub use table::{TableReader, TableShape};
pub use text::PreparedText;
pub use visit::{VisitEvent, VisitRow, Visits};
