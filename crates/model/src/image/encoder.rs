//! The image encoders behind one interface.

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use windowshop_schema::{ImageConfig, ImageNetwork};

use super::{
    efficientnet::{self, EfficientNetLite0},
    light::{self, LightCnn},
};

/// Pixels to pooled features.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process has one, and burn's modules are not boxed")]
pub enum ImageEncoder {
    /// Trained from scratch.
    Light(LightCnn),
    /// Pretrained on ImageNet.
    EfficientNetLite0(EfficientNetLite0),
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
    /// - images `[batch, channels, size, size]`, output `[batch, features]`
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        match self {
            Self::Light(network) => network.forward(images),
            Self::EfficientNetLite0(network) => network.forward(images),
        }
    }
}

/// Length of the pooled features.
pub fn feature_dim(config: &ImageConfig) -> usize {
    match config.network {
        ImageNetwork::Light => light::feature_dim(config),
        ImageNetwork::EfficientnetLite0 => efficientnet::FEATURES,
    }
}
