//! A gated recurrent unit over the session (Hidasi et al. 2016, GRU4Rec), added to its most recent item.

use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig, Linear, LinearConfig, gru::Gru, gru::GruConfig},
    tensor::{Device, Tensor},
};
use windowshop_schema::SequenceConfig;

use super::batch::SequenceBatch;
use crate::linear;

/// See the module's text.
#[derive(Module, Debug)]
pub struct GruEncoder {
    gru: Gru,
    output: Linear,
    dropout: Dropout,
}

impl GruEncoder {
    /// A random encoder.
    pub fn init(config: &SequenceConfig, device: &Device) -> Self {
        let dim = config.embedding_dim;
        Self {
            gru: GruConfig::new(dim, dim, true).init(device),
            output: linear::init(&LinearConfig::new(dim, dim).with_bias(false), device),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// # Shapes
    /// - `items` `[sessions, positions, embedding]`, of length one and 0 where padded; output `[sessions, embedding]`
    pub fn forward(&self, items: Tensor<3>, batch: &SequenceBatch) -> Tensor<2> {
        let items = self.dropout.forward(items);
        let last = batch.last.clone().unsqueeze_dim::<3>(2);
        let recent = (items.clone() * last.clone()).sum_dim(1).squeeze_dim::<2>(1);
        // What comes after the most recent item is padding, and its states are not looked at.
        let states = self.gru.forward(items * (recent.dims()[1] as f32).sqrt(), None);
        let state = (states * last).sum_dim(1).squeeze_dim::<2>(1);
        recent + linear::forward(&self.output, state)
    }
}
