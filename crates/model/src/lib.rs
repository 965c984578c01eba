//! Neural networks on burn, one a file, and their losses.
//!
//! A network is made by `Network::init(&config, …, &device)` and reads a batch that this crate builds. The device is chosen at run
//! time: no type names a backend. A browser compiles the ranker and the convolutional generator only.
//!
//! Weights are serialised under the names of module fields and enum variants (see [`weights`]): renaming one breaks every bundle.

pub mod batch;
#[cfg(not(target_family = "wasm"))]
mod batch_norm;
mod conditional_norm;
#[cfg_attr(target_family = "wasm", path = "conv3x3/browser.rs")]
mod conv3x3;
pub mod error;
#[cfg(not(target_family = "wasm"))]
pub mod gan;
pub mod generator;
#[cfg(not(target_family = "wasm"))]
pub mod image;
#[cfg(not(target_family = "wasm"))]
pub mod intent;
#[cfg_attr(target_family = "wasm", path = "linear/browser.rs")]
mod linear;
pub mod losses;
pub mod mlp;
mod one_hot;
pub mod ranker;
#[cfg(not(target_family = "wasm"))]
pub mod sentiment;
#[cfg(not(target_family = "wasm"))]
pub mod sequence;
pub mod session_encoder;
#[cfg(not(target_family = "wasm"))]
pub mod tabular;
pub mod weights;

pub use batch::{ListBatch, RankerBatch};
pub use error::ModelError;
#[cfg(not(target_family = "wasm"))]
pub use gan::{Discriminator, Gan, Generator};
#[cfg(not(target_family = "wasm"))]
pub use image::{ImageClassifier, ImageEmbedder, ImageEncoder, ImageOutput};
#[cfg(not(target_family = "wasm"))]
pub use intent::{Intent, IntentBatch};
pub use one_hot::one_hot;
pub use ranker::{Ranker, RankerInputs, RankerOutput};
#[cfg(not(target_family = "wasm"))]
pub use sentiment::{Sentiment, SentimentBatch};
#[cfg(not(target_family = "wasm"))]
pub use sequence::{Negatives, Sequence, SequenceBatch};
#[cfg(not(target_family = "wasm"))]
pub use tabular::{Tabular, TabularLossWeights};
