//! The baseline: an LSTM (Hochreiter & Schmidhuber 1997) over embedded tokens, its states averaged over the text.

use burn::{
    module::{Module, Param},
    nn::{Dropout, DropoutConfig, Linear, LinearConfig, Lstm, LstmConfig},
    tensor::{Device, Tensor},
};
use windowshop_features::ngrams::ORDERS;
use windowshop_schema::SentimentConfig;

use super::batch::SentimentBatch;
use crate::linear;

/// Standard deviation of an embedding's initial values.
const EMBEDDING_STD: f64 = 0.1;

/// Tokens to class logits.
#[derive(Module, Debug)]
pub struct LstmClassifier {
    /// `[rows, embedding]`
    vectors: Param<Tensor<2>>,
    lstm: Lstm,
    output: Linear,
    dropout: Dropout,
}

impl LstmClassifier {
    /// A network with random weights.
    pub fn init(config: &SentimentConfig, rows: usize, classes: usize, device: &Device) -> Self {
        Self {
            vectors: linear::table(rows, config.embedding_dim, EMBEDDING_STD, device),
            lstm: LstmConfig::new(config.embedding_dim, config.hidden_dim, true).init(device),
            output: linear::init(&LinearConfig::new(config.hidden_dim, classes), device),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// # Shapes
    /// - output `[texts, classes]`
    pub fn forward(&self, batch: &SentimentBatch) -> Tensor<2> {
        let [texts, positions] = batch.shape;
        // Unigrams only: the LSTM itself models word order.
        let tokens = [texts * positions, ORDERS];
        let rows = batch.rows.clone().reshape(tokens).narrow(1, 0, 1).reshape([texts * positions]);
        let known = batch.known.clone().reshape(tokens).narrow(1, 0, 1);
        let vectors = self.vectors.val().select(0, rows) * known;
        let width = vectors.dims()[1];
        let tokens = vectors.reshape([texts, positions, width]);
        let (states, _) = self.lstm.forward(self.dropout.forward(tokens), None);
        let length = batch.mask.clone().sum_dim(1).squeeze_dim::<2>(1);
        let mean = (states * batch.mask.clone()).sum_dim(1).squeeze_dim::<2>(1) / length;
        linear::forward(&self.output, self.dropout.forward(mean))
    }
}
