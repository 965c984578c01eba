//! Fused SIMD kernels of the engine's forward passes.
//!
//! Why our own: a wasm module with burn-flex weighs 452 KB gzip before a line of ours, against a budget of 350 KB for the whole engine
//! (`docs/decisions/0001`). A crate of their own is compiled for speed, the rest of the engine for size.

pub mod dense;
pub mod depthwise;
pub mod simd;

pub use dense::{Dense, padded};
