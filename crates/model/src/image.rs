//! Image classification and embedding: an encoder, an L2-normalised embedding, class logits.

mod conv_norm;
mod efficientnet;
mod embedder;
mod encoder;
mod light;
pub mod pretrained;

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use windowshop_schema::ImageConfig;

pub use efficientnet::EfficientNetLite0;
pub use embedder::{ImageEmbedder, ImageOutput};
pub use encoder::{ImageEncoder, feature_dim};

/// Encoder and embedder.
#[derive(Module, Debug)]
pub struct ImageClassifier {
    /// Pixels to features.
    pub encoder: ImageEncoder,
    /// Features to embedding and logits.
    pub embedder: ImageEmbedder,
}

impl ImageClassifier {
    /// A network with random weights.
    pub fn init(config: &ImageConfig, classes: usize, device: &Device) -> Self {
        Self { encoder: ImageEncoder::init(config, device), embedder: ImageEmbedder::init(config, classes, device) }
    }

    /// # Shapes
    /// - images `[batch, channels, size, size]`
    /// - output: embedding `[batch, embedding]`, logits `[batch, classes]`
    pub fn forward(&self, images: Tensor<4>) -> ImageOutput {
        self.embedder.forward(self.encoder.forward(images))
    }
}
