//! How near made pictures are to photos, in the features of an image network.

pub mod accuracy;
pub mod copying;
pub mod evaluation;
pub mod features;
pub mod frechet;
pub mod groups;
pub mod kernel;
pub mod manifold;
mod spectrum;
