//! Raw text, items, sessions and photos to numbers: the only preprocessing there is.
//!
//! Deterministic, without I/O and without tensors. The trainer's batcher and the engine call the same functions,
//! so what the network sees in a page is what it saw in training.

pub mod context;
pub mod extractor;
pub mod grams;
pub mod hash;
pub mod intent;
pub mod item;
pub mod latent;
pub mod list;
pub mod matrix;
pub mod next_item;
pub mod ngrams;
pub mod photo;
pub mod quality;
pub mod query_match;
pub mod reviews;
pub mod session_match;
pub mod shop_order;
pub mod spec;
pub mod standardise;
pub mod table;
pub mod text;
pub mod text_statistics;
pub mod visit;
pub mod visual;

pub use extractor::{FeatureExtractor, RankerInput};
pub use item::{Items, PreparedItem};
pub use list::{ListFeatures, ListRequest, SessionEvent};
pub use next_item::{Blend, NextItem};
pub use ngrams::{Ngrams, Vocabulary};
pub use table::{TableReader, TableShape};
pub use text::PreparedText;
pub use visit::{VisitEvent, VisitRow, Visits};
