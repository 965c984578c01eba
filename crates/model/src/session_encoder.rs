//! A visitor's recent events as one vector: attention with a learned bias for recency.

use burn::{
    module::{Initializer, Module, Param},
    nn::{Linear, LinearConfig},
    tensor::{
        Device, Tensor,
        activation::{relu, softmax},
    },
};
use windowshop_schema::{InteractionKind, dims::MAX_ENCODED_EVENTS};

/// Kinds of events that have a vector of their own.
pub const KINDS: usize = 4;

/// Row of the kind table.
pub fn kind_row(kind: InteractionKind) -> usize {
    kind as usize
}

/// See the module's text.
#[derive(Module, Debug)]
pub struct SessionEncoder {
    kinds: Param<Tensor<2>>,   // [kinds, repr]
    hidden: Linear,            // repr -> repr
    attention: Linear,         // repr -> 1
    recency: Param<Tensor<1>>, // [events], the most recent first
    output: Linear,            // repr -> repr
}

impl SessionEncoder {
    /// An encoder of item representations of length `repr`.
    pub fn init(repr: usize, device: &Device) -> Self {
        let recency: Vec<f32> = (0..MAX_ENCODED_EVENTS).map(|i| -0.3 * i as f32).collect();
        Self {
            kinds: Initializer::Normal { mean: 0.0, std: 0.1 }.init([KINDS, repr], device),
            hidden: LinearConfig::new(repr, repr).init(device),
            attention: LinearConfig::new(repr, 1).with_bias(false).init(device),
            recency: Param::from_data(recency.as_slice(), device),
            output: LinearConfig::new(repr, repr).init(device),
        }
    }

    /// # Shapes
    /// - `items` `[batch, events, repr]`, the most recent event first
    /// - `kinds` `[batch, events, kinds]` one-hot, all zero for padding; `mask` `[batch, events]`, 1 = real
    /// - output `[batch, repr]`, exactly 0 where a session is empty
    pub fn forward(&self, items: Tensor<3>, kinds: Tensor<3>, mask: Tensor<2>) -> Tensor<2> {
        let [batch, events, repr] = items.dims();
        let kinds = kinds.reshape([batch * events, KINDS]).matmul(self.kinds.val());
        let x = items.reshape([batch * events, repr]) + kinds;
        let logits = self.attention.forward(relu(self.hidden.forward(x.clone()))).reshape([batch, events]);
        let logits = logits + self.recency.val().narrow(0, 0, events).unsqueeze::<2>();
        let weights = softmax(logits + (mask.clone() - 1.0) * 1e4, 1) * mask.clone(); // [batch, events]
        let pooled = (x.reshape([batch, events, repr]) * weights.unsqueeze_dim::<3>(2)).sum_dim(1).squeeze_dim::<2>(1);
        self.output.forward(pooled) * mask.max_dim(1)
    }
}
