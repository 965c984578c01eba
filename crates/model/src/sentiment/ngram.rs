//! A linear model over n-grams plus a convolution over their embeddings with attention, maximum and mean pooling.
//!
//! The linear part is initialised by naive Bayes (Wang & Manning 2012), a strong baseline on short texts. The rest learns the effect of
//! word order and context.

use burn::{
    module::{Module, Param},
    nn::{Dropout, DropoutConfig, Linear, LinearConfig},
    tensor::{
        Device, Tensor, TensorData,
        activation::{relu, sigmoid, softmax},
    },
};
use windowshop_features::ngrams::ORDERS;
use windowshop_schema::SentimentConfig;

use super::batch::SentimentBatch;
use crate::linear;

/// Standard deviation of an embedding's initial values.
const EMBEDDING_STD: f64 = 0.1;
/// Initial scale of the naive Bayes weights, whose sum over a text is overconfident.
const NAIVE_BAYES_SCALE: f32 = 0.3;
/// Subtracted from padded positions.
const MASKED: f32 = 1e9;

/// N-grams to class logits.
#[derive(Module, Debug)]
pub struct NgramClassifier {
    /// Linear weights, `[rows, classes]`.
    weights: Param<Tensor<2>>,
    /// Embeddings, `[rows, embedding]`.
    vectors: Param<Tensor<2>>,
    /// Of the gated linear unit over a window of positions.
    convolution: Linear,
    attention: Linear,
    hidden: Linear,
    output: Linear,
    dropout: Dropout,
    token_dropout: Dropout,
    window: usize,
}

impl NgramClassifier {
    /// A network whose linear part is initialised by naive Bayes.
    pub fn init(config: &SentimentConfig, classes: usize, ratios: &[f32], device: &Device) -> Self {
        let SentimentConfig { embedding_dim, hidden_dim, window, dropout, token_dropout, .. } = *config;
        let rows = ratios.len() / classes;
        let naive: Vec<f32> = ratios.iter().map(|ratio| ratio * NAIVE_BAYES_SCALE).collect();
        let weights = Tensor::from_data(TensorData::new(naive, [rows, classes]), device);
        let layer = |inputs, outputs| linear::init(&LinearConfig::new(inputs, outputs), device);
        Self {
            weights: Param::from_tensor(weights),
            vectors: linear::table(rows, embedding_dim, EMBEDDING_STD, device),
            convolution: layer(window * embedding_dim, 2 * hidden_dim),
            attention: layer(hidden_dim, 1),
            hidden: layer(2 * hidden_dim + embedding_dim, hidden_dim),
            output: layer(hidden_dim, classes),
            dropout: DropoutConfig::new(dropout).init(),
            token_dropout: DropoutConfig::new(token_dropout).init(),
            window,
        }
    }

    /// # Shapes
    /// - output `[texts, classes]`
    pub fn forward(&self, batch: &SentimentBatch) -> Tensor<2> {
        let [texts, positions] = batch.shape;
        let classes = self.weights.dims()[1];
        let kept = self.token_dropout.forward(batch.mask.clone()); // [texts, positions, 1]
        let by_order = kept.clone().repeat_dim(2, ORDERS).reshape([texts * positions * ORDERS, 1]);
        let weights = self.weights.val().select(0, batch.rows.clone()) * batch.once.clone() * by_order.clone();
        let linear = weights.reshape([texts, positions * ORDERS, classes]).sum_dim(1).squeeze_dim::<2>(1);

        let vectors = self.vectors.val().select(0, batch.rows.clone()) * batch.known.clone() * by_order;
        let width = vectors.dims()[1];
        let tokens = vectors.reshape([texts * positions, ORDERS, width]).sum_dim(1).reshape([texts, positions, width]);
        let tokens = self.dropout.forward(tokens);
        let features = self.convolve(tokens.clone()) * batch.mask.clone(); // [texts, positions, hidden]
        let hidden = features.dims()[2];
        let padding = (batch.mask.clone() - 1.0) * MASKED;
        let scores = linear::forward(&self.attention, features.clone().reshape([texts * positions, hidden]));
        let attention = softmax(scores.reshape([texts, positions, 1]) + padding.clone(), 1);
        let attended = (features.clone() * attention).sum_dim(1).squeeze_dim::<2>(1);
        let maximum = (features + padding).max_dim(1).squeeze_dim::<2>(1);
        let length = batch.mask.clone().sum_dim(1).squeeze_dim::<2>(1);
        let mean = tokens.sum_dim(1).squeeze_dim::<2>(1) / length;
        let pooled = self.dropout.forward(Tensor::cat(vec![attended, maximum, mean], 1));
        let deep = self.dropout.forward(relu(linear::forward(&self.hidden, pooled)));
        linear + linear::forward(&self.output, deep)
    }

    /// A gated convolution (Dauphin et al. 2017) over positions, zero-padded.
    ///
    /// # Shapes
    /// - tokens `[texts, positions, width]`, output `[texts, positions, hidden]`
    fn convolve(&self, tokens: Tensor<3>) -> Tensor<3> {
        let [texts, positions, width] = tokens.dims();
        let device = tokens.device();
        let padding = Tensor::<3>::zeros([texts, self.window / 2, width], &device);
        let padded = Tensor::cat(vec![padding.clone(), tokens, padding], 1);
        let shifted = (0..self.window).map(|k| padded.clone().narrow(1, k, positions)).collect();
        let windows = Tensor::cat(shifted, 2).reshape([texts * positions, self.window * width]);
        let both = linear::forward(&self.convolution, windows);
        let hidden = both.dims()[1] / 2;
        let value = both.clone().narrow(1, 0, hidden);
        let gate = sigmoid(both.narrow(1, hidden, hidden));
        (value * gate).reshape([texts, positions, hidden])
    }
}
