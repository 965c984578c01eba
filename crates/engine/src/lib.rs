//! The engine: loads a bundle, re-ranks and explains lists, classifies reviews, visits and photos, recommends items, and
//! generates images. Nothing leaves the device.
//!
//! Plain Rust with native tests. The module `wasm` exposes it to JavaScript.

pub mod cache;
mod convolution;
pub mod engine;
pub mod error;
pub mod generate;
pub mod image;
pub mod intent;
pub mod networks;
pub mod order;
mod pixels;
pub mod profile;
pub mod ranker;
pub mod recommend;
pub mod sentiment;
pub mod softmax;
pub mod visit;
#[cfg(target_arch = "wasm32")]
mod wasm;
pub mod weights;

pub use engine::{Engine, RankedList};
pub use error::EngineError;
