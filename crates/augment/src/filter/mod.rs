//! Actions that read a pixel's neighbourhood. Beyond the edge the image is mirrored, whatever the policy's border.

mod kernel;
mod margins;
mod motion;
mod passes;
mod separable;
mod sharpen;

pub(crate) use kernel::{box_kernel, gaussian_kernel};
pub(crate) use motion::motion;
pub(crate) use passes::passes;
pub(crate) use separable::separable;
pub(crate) use sharpen::sharpen;
