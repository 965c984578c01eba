//! What a photo shows: an encoder, a unit-length embedding, and a score for each category.

mod conv;
mod efficientnet;
mod embedder;
mod light;
pub mod pretrained;

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use windowshop_schema::{ImageConfig, ImageNetwork};

pub use efficientnet::EfficientNetLite0;
pub use embedder::{ImageEmbedder, ImageOutput};
use light::LightCnn;

/// From pixels to pooled features.
// There is one of it: a box would only move it.
#[allow(clippy::large_enum_variant)]
#[derive(Module, Debug)]
pub enum ImageEncoder {
    /// Learned from the photos alone.
    Light(LightCnn),
    /// Learned on ImageNet.
    EfficientNetLite0(EfficientNetLite0),
}

/// An encoder and what is made of its features.
#[derive(Module, Debug)]
pub struct ImageClassifier {
    /// Pixels to features.
    pub encoder: ImageEncoder,
    /// Features to embedding and scores.
    pub embedder: ImageEmbedder,
}

impl ImageEncoder {
    /// An encoder with random weights.
    pub fn init(config: &ImageConfig, device: &Device) -> Self {
        match config.network {
            ImageNetwork::Light => Self::Light(LightCnn::init(config, device)),
            ImageNetwork::EfficientnetLite0 => {
                Self::EfficientNetLite0(EfficientNetLite0::init(config.tune_blocks, device))
            }
        }
    }

    /// # Shapes
    /// - photos `[photos, channels, size, size]`, output `[photos, features]`
    pub fn forward(&self, photos: Tensor<4>) -> Tensor<2> {
        match self {
            Self::Light(network) => network.forward(photos),
            Self::EfficientNetLite0(network) => network.forward(photos),
        }
    }
}

impl ImageClassifier {
    /// A network with random weights.
    pub fn init(config: &ImageConfig, classes: usize, device: &Device) -> Self {
        Self { encoder: ImageEncoder::init(config, device), embedder: ImageEmbedder::init(config, classes, device) }
    }

    /// # Shapes
    /// - photos `[photos, channels, size, size]`
    /// - output: embedding `[photos, embedding]`, scores `[photos, classes]`
    pub fn forward(&self, photos: Tensor<4>) -> ImageOutput {
        self.embedder.forward(self.encoder.forward(photos))
    }
}

/// Length of an encoder's features.
pub fn feature_dim(config: &ImageConfig) -> usize {
    match config.network {
        ImageNetwork::Light => light::feature_dim(config),
        ImageNetwork::EfficientnetLite0 => efficientnet::FEATURES,
    }
}
