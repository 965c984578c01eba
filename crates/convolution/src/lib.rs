//! Convolutional layers that learn fast on a CPU: operations beside burn's own, with their gradients.
//!
//! Photos lie channel by channel, `[channels, photos, height, width]`, so that a convolution is one product of matrices for
//! many photos, and a channel's statistics are those of one row. On other devices than flex the same functions do the same
//! by burn's operations.
//!
//! Sums have a fixed order: results do not depend on the number of threads.

mod convolve;
mod dense;
mod depthwise;
mod double;
mod flex;
mod geometry;
mod memory;
mod modulate;
mod normalise;
mod operation;
mod plane;
mod shift;
mod then;
mod tile;
mod windows;

pub use convolve::{convolve, convolve_channels};
pub use double::double;
pub use geometry::Window;
pub use modulate::modulate;
pub use normalise::{Normalised, Scale, normalise, normalise_by};
pub use shift::shift;
pub use then::Then;
