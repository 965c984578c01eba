//! GAN: training of the generator of product photos, generated training images, and measures of image quality.

pub mod expand;
pub mod grid;
pub mod images;
pub mod measure;
pub mod model;
pub mod training;

/// With this many training photos or fewer the discriminator began to overfit within 300 steps.
pub const FEW_TRAINING_PHOTOS: usize = 1_000;

/// With fewer evaluation photos the Fréchet distance depends on their number: that of photos to photos falls with it.
pub const FEW_EVALUATED: usize = 1_000;
