//! Generated images against photos, in the feature space of an image classifier.

pub mod accuracy;
pub mod evaluation;
pub mod features;
