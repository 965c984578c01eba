//! The ranker's and the generator's forward passes on a GPU: WebGPU in a browser, Vulkan, Metal or DX12 elsewhere.
//!
//! An accelerator beside `windowshop-engine`, which stays in charge: it computes features, keeps the visitor's session,
//! orders and explains. What comes here is a prepared list; what goes back is its scores. So a page downloads this only
//! when it pays, and a device that is lost costs nothing but the time: the engine scores the same list itself.

pub mod device;
pub mod error;
pub mod generator;
pub mod network;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use error::GpuError;
pub use generator::{GpuGenerator, Picture};
pub use network::{GpuNetwork, Scores};
