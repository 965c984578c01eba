//! A gated recurrent unit over the session (GRU4Rec, Hidasi et al. 2016), added to its most recent item's embedding.

use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig, Linear, LinearConfig, gru::Gru, gru::GruConfig},
    tensor::{Device, Tensor},
};
use windowshop_schema::SequenceConfig;

use super::batch::SequenceBatch;
use crate::linear;

/// Item embeddings to a session embedding.
#[derive(Module, Debug)]
pub struct GruEncoder {
    gru: Gru,
    output: Linear,
    dropout: Dropout,
}

impl GruEncoder {
    /// An encoder with random weights.
    pub fn init(config: &SequenceConfig, device: &Device) -> Self {
        let dim = config.embedding_dim;
        Self {
            gru: GruConfig::new(dim, dim, true).init(device),
            output: linear::init(&LinearConfig::new(dim, dim).with_bias(false), device),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// # Shapes
    /// - `items` `[sessions, positions, embedding]`, of unit length, 0 where padded; output `[sessions, embedding]`
    pub fn forward(&self, items: Tensor<3>, batch: &SequenceBatch) -> Tensor<2> {
        let items = self.dropout.forward(items);
        let last = batch.last.clone().unsqueeze_dim::<3>(2);
        let recent = (items.clone() * last.clone()).sum_dim(1).squeeze_dim::<2>(1);
        // Padding follows the most recent item; its states are not read.
        let states = self.gru.forward(items * (recent.dims()[1] as f32).sqrt(), None);
        let state = (states * last).sum_dim(1).squeeze_dim::<2>(1);
        recent + linear::forward(&self.output, state)
    }
}
