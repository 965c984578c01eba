//! The image network: its photos, objectives and file, and the embeddings of the items.

pub mod augment;
pub mod embeddings;
pub mod image_dataset;
pub mod learner;
pub mod model;
pub mod prefetch;
pub mod rows;
pub mod transfer;
pub mod views;
