//! The ranker's and the generator's forward passes on a GPU: WebGPU in a browser, Vulkan, Metal or DX12 elsewhere.
//!
//! An accelerator for `windowshop-engine`, which computes features, keeps the profile, orders and explains. This crate receives
//! prepared lists and returns scores. So a page downloads it only where it is faster, and after a device loss the engine scores
//! the same list on the CPU.

pub mod device;
pub mod error;
pub mod generator;
pub mod ranker;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use error::GpuError;
pub use generator::{GeneratedImage, GpuGenerator};
pub use ranker::{GpuRanker, Scores};
