//! The engine: loads a bundle, re-ranks lists, says why. Nothing it learns leaves it.
//!
//! Everything here is plain Rust with native tests; the `wasm` module is the thin face that JavaScript sees.

pub mod cache;
pub mod engine;
pub mod error;
pub mod network;
pub mod order;
pub mod profile;
pub mod sentiment;
pub mod softmax;
#[cfg(target_arch = "wasm32")]
mod wasm;
pub mod weights;

pub use engine::{Engine, RankedList};
pub use error::EngineError;
pub use sentiment::Sentiment;
