//! Pooled features to a unit-length embedding, and its categories: near in the embedding is the same category.

use burn::{
    module::{Module, Param},
    nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig},
    tensor::{Device, Tensor, activation::relu},
};
use windowshop_schema::{ImageConfig, ImageNetwork};

use crate::linear;

/// What scores of unit vectors are multiplied with at the start, so that a softmax can be sure.
const SHARPNESS: f32 = 10.0;
/// Below every length of an embedding.
const EPSILON: f32 = 1e-6;

/// What a network says about photos.
#[derive(Clone, Debug)]
pub struct ImageOutput {
    /// `[photos, embedding]`, each of length 1
    pub embedding: Tensor<2>,
    /// `[photos, classes]`, before softmax
    pub scores: Tensor<2>,
}

/// See the module's text.
#[derive(Module, Debug)]
pub struct ImageEmbedder {
    /// Features of a network that was not trained on these photos are brought to one scale and mixed first.
    mix: Option<(LayerNorm, Linear)>,
    embed: Linear,
    head: Linear,
    /// `[1]`
    sharpness: Param<Tensor<1>>,
    dropout: Dropout,
}

impl ImageEmbedder {
    /// A network with random weights.
    pub fn init(config: &ImageConfig, classes: usize, device: &Device) -> Self {
        let features = super::feature_dim(config);
        let layer = |inputs, outputs| linear::init(&LinearConfig::new(inputs, outputs), device);
        let pretrained = config.network != ImageNetwork::Light;
        let mix = pretrained.then(|| (LayerNormConfig::new(features).init(device), layer(features, config.hidden_dim)));
        let inputs = if pretrained { config.hidden_dim } else { features };
        Self {
            mix,
            embed: layer(inputs, config.embedding_dim),
            head: layer(config.embedding_dim, classes),
            sharpness: Param::from_tensor(Tensor::full([1], SHARPNESS, device)),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// # Shapes
    /// - features `[photos, features]`
    /// - output: embedding `[photos, embedding]`, scores `[photos, classes]`
    pub fn forward(&self, features: Tensor<2>) -> ImageOutput {
        let features = match &self.mix {
            Some((norm, mix)) => relu(linear::forward(mix, self.dropout.forward(norm.forward(features)))),
            None => features,
        };
        let long = linear::forward(&self.embed, self.dropout.forward(features));
        let length = (long.clone().powi_scalar(2).sum_dim(1) + EPSILON).sqrt(); // [photos, 1]
        let embedding = long / length;
        let scores = linear::forward(&self.head, embedding.clone()) * self.sharpness.val().unsqueeze::<2>();
        ImageOutput { embedding, scores }
    }
}
