//! Pooled features to an L2-normalised embedding and class logits by a linear head.

use burn::{
    module::{Module, Param},
    nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig},
    tensor::{Device, Tensor, activation::relu},
};
use windowshop_schema::{ImageConfig, ImageNetwork};

use super::encoder;
use crate::linear;

/// Initial logit scale: logits of unit vectors alone are too small for a confident softmax.
const LOGIT_SCALE: f32 = 10.0;
/// Added to the squared norm against division by zero.
const EPSILON: f32 = 1e-6;

/// Output of an image network.
#[derive(Clone, Debug)]
pub struct ImageOutput {
    /// `[batch, embedding]`, rows of unit length
    pub embedding: Tensor<2>,
    /// `[batch, classes]`
    pub logits: Tensor<2>,
}

/// Features to [`ImageOutput`].
#[derive(Module, Debug)]
pub struct ImageEmbedder {
    /// Normalisation and a hidden layer, for a pretrained encoder's features only.
    mix: Option<(LayerNorm, Linear)>,
    embed: Linear,
    head: Linear,
    /// The learned logit scale, `[1]`. The field keeps the name under which bundles hold it.
    sharpness: Param<Tensor<1>>,
    dropout: Dropout,
}

impl ImageEmbedder {
    /// A network with random weights.
    pub fn init(config: &ImageConfig, classes: usize, device: &Device) -> Self {
        let features = encoder::feature_dim(config);
        let layer = |inputs, outputs| linear::init(&LinearConfig::new(inputs, outputs), device);
        let pretrained = match config.network {
            ImageNetwork::Light => false,
            ImageNetwork::EfficientnetLite0 => true,
        };
        let mix = pretrained.then(|| (LayerNormConfig::new(features).init(device), layer(features, config.hidden_dim)));
        let inputs = if pretrained { config.hidden_dim } else { features };
        Self {
            mix,
            embed: layer(inputs, config.embedding_dim),
            head: layer(config.embedding_dim, classes),
            sharpness: Param::from_tensor(Tensor::full([1], LOGIT_SCALE, device)),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// # Shapes
    /// - features `[batch, features]`
    /// - output: embedding `[batch, embedding]`, logits `[batch, classes]`
    pub fn forward(&self, features: Tensor<2>) -> ImageOutput {
        let features = match &self.mix {
            Some((norm, mix)) => relu(linear::forward(mix, self.dropout.forward(norm.forward(features)))),
            None => features,
        };
        let embedding = linear::forward(&self.embed, self.dropout.forward(features));
        let norm = (embedding.clone().powi_scalar(2).sum_dim(1) + EPSILON).sqrt(); // [batch, 1]
        let embedding = embedding / norm;
        let logits = linear::forward(&self.head, embedding.clone()) * self.sharpness.val().unsqueeze::<2>();
        ImageOutput { embedding, logits }
    }
}
