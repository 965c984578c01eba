//! A linear model over n-grams beside a convolution with attention and maximum pooling over their vectors.
//!
//! The linear part starts at naive Bayes (Wang & Manning 2012): on short texts it is hard to beat, and what the rest
//! has to learn is where order and context change the meaning.

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

/// Standard deviation of a random n-gram vector.
const EMBEDDING_STD: f64 = 0.1;
/// What the naive-Bayes weights are multiplied with at the start: their sum over a text is too sure of itself.
const NAIVE_BAYES: f32 = 0.3;
/// Below every activation.
const LOWEST: f32 = 1e9;

/// See the module's text.
#[derive(Module, Debug)]
pub struct NgramClassifier {
    /// `[rows, classes]`
    weights: Param<Tensor<2>>,
    /// `[rows, embedding]`
    vectors: Param<Tensor<2>>,
    /// A gated linear unit over a window of positions.
    convolution: Linear,
    attention: Linear,
    hidden: Linear,
    output: Linear,
    dropout: Dropout,
    token_dropout: Dropout,
    window: usize,
}

impl NgramClassifier {
    /// A network whose linear part starts at naive Bayes.
    pub fn init(config: &SentimentConfig, classes: usize, ratios: &[f32], device: &Device) -> Self {
        let SentimentConfig { embedding_dim, hidden_dim, window, dropout, token_dropout, .. } = *config;
        let rows = ratios.len() / classes;
        let naive: Vec<f32> = ratios.iter().map(|ratio| ratio * NAIVE_BAYES).collect();
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
        let seen = self.convolve(tokens.clone()) * batch.mask.clone(); // [texts, positions, hidden]
        let hidden = seen.dims()[2];
        let absent = (batch.mask.clone() - 1.0) * LOWEST;
        let scores = linear::forward(&self.attention, seen.clone().reshape([texts * positions, hidden]));
        let attention = softmax(scores.reshape([texts, positions, 1]) + absent.clone(), 1);
        let attended = (seen.clone() * attention).sum_dim(1).squeeze_dim::<2>(1);
        let strongest = (seen + absent).max_dim(1).squeeze_dim::<2>(1);
        let length = batch.mask.clone().sum_dim(1).squeeze_dim::<2>(1);
        let mean = tokens.sum_dim(1).squeeze_dim::<2>(1) / length;
        let pooled = self.dropout.forward(Tensor::cat(vec![attended, strongest, mean], 1));
        let deep = self.dropout.forward(relu(linear::forward(&self.hidden, pooled)));
        linear + linear::forward(&self.output, deep)
    }

    /// `[texts, positions, width]` to `[texts, positions, hidden]`: each position with its neighbours.
    fn convolve(&self, tokens: Tensor<3>) -> Tensor<3> {
        let [texts, positions, width] = tokens.dims();
        let device = tokens.device();
        let side = self.window / 2;
        let edge = Tensor::<3>::zeros([texts, side, width], &device);
        let padded = Tensor::cat(vec![edge.clone(), tokens, edge], 1);
        let shifted = (0..self.window).map(|k| padded.clone().narrow(1, k, positions)).collect();
        let windows = Tensor::cat(shifted, 2).reshape([texts * positions, self.window * width]);
        let both = linear::forward(&self.convolution, windows);
        let hidden = both.dims()[1] / 2;
        let value = both.clone().narrow(1, 0, hidden);
        let gate = sigmoid(both.narrow(1, hidden, hidden));
        (value * gate).reshape([texts, positions, hidden])
    }
}
