//! Networks on burn: one network a file, its losses beside it.
//!
//! A network is `XConfig -> X::init(&device)`, its input a batch built by [`batch`]. The device is a value
//! chosen at run time; no type here names a backend.

pub mod batch;
mod conditional_norm;
#[cfg_attr(target_family = "wasm", path = "convolution/browser.rs")]
mod convolution;
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
pub use ranker::{Ranker, RankerInputs, RankerOutput};
#[cfg(not(target_family = "wasm"))]
pub use sentiment::{Sentiment, SentimentBatch};
#[cfg(not(target_family = "wasm"))]
pub use sequence::{Negatives, Sequence, SequenceBatch};
#[cfg(not(target_family = "wasm"))]
pub use tabular::{Tabular, TabularWeights};
