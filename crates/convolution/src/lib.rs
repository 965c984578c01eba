//! Convolution, batch normalisation and their gradients for training on a CPU, as operations in burn's autodiff graph.
//!
//! Why our own: with burn-flex's convolution and batch normalisation the light image network trains on 117 images a second, with
//! these on 709 and with PyTorch on 699 (`docs/performance.md`, `docs/decisions/0011`).
//!
//! Tensors are channel-major, `[channels, batch, height, width]`: a convolution of the whole batch is one matrix product, and the
//! statistics of a channel are those of one row. On any device but flex the same functions call burn's operations.
//!
//! The order of summation is fixed: results do not depend on the number of threads.

mod add_bias;
mod batch_norm;
mod conv2d;
mod dense;
mod depthwise;
mod disjoint;
mod epilogue;
mod film;
mod flex;
mod im2col;
mod microkernel;
mod operation;
mod plane;
mod shape;
mod upsample;

pub use add_bias::add_bias;
pub use batch_norm::{BatchNormOutput, BatchNormParams, batch_norm, batch_norm_with};
pub use conv2d::{conv2d, depthwise_conv2d};
pub use epilogue::Epilogue;
pub use film::film;
pub use shape::Window;
pub use upsample::upsample_nearest2x;
