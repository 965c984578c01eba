//! What runs at every request: the fused kernels of the engine's forward passes, in a crate of their own so that they are
//! compiled for speed and everything around them for size.

pub mod dense;
pub mod depthwise;
pub mod simd;

pub use dense::{Dense, padded};
