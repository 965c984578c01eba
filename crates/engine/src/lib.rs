//! The engine: loads a bundle, re-ranks lists, says why, reads reviews and visits, recommends, looks at photos, makes pictures. Nothing it learns leaves it.
//!
//! Everything here is plain Rust with native tests; the `wasm` module is the thin face that JavaScript sees.

pub mod cache;
mod convolution;
pub mod engine;
pub mod error;
pub mod generate;
pub mod image;
pub mod intent;
pub mod network;
pub mod networks;
pub mod order;
mod pixels;
pub mod profile;
pub mod recommend;
pub mod sentiment;
pub mod softmax;
pub mod visit;
#[cfg(target_arch = "wasm32")]
mod wasm;
pub mod weights;

pub use engine::{Engine, RankedList};
pub use error::EngineError;
