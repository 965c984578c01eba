//! Session encoder: attention over a visitor's recent events, with a learned recency bias.

use burn::{
    module::{Module, Param},
    nn::{Linear, LinearConfig},
    tensor::{
        Device, Int, Tensor,
        activation::{relu, softmax},
    },
};
use windowshop_schema::{InteractionKind, dims::MAX_ENCODED_EVENTS};

use crate::linear;

/// Interaction kinds, each with an embedding.
const KINDS: usize = InteractionKind::ALL.len();

/// Row of an interaction kind in the embedding table.
pub fn kind_row(kind: InteractionKind) -> i32 {
    kind as i32
}

/// Encodes events, each the sum of item representation and kind embedding, into one vector.
#[derive(Module, Debug)]
pub struct SessionEncoder {
    kinds: Param<Tensor<2>>,   // [kinds, repr]
    hidden: Linear,            // repr -> repr
    attention: Linear,         // repr -> 1
    recency: Param<Tensor<1>>, // [events], most recent first
    output: Linear,            // repr -> repr
}

impl SessionEncoder {
    /// An encoder of item representations of length `repr`.
    pub fn init(repr: usize, device: &Device) -> Self {
        let recency: Vec<f32> = (0..MAX_ENCODED_EVENTS).map(|i| -0.3 * i as f32).collect();
        Self {
            kinds: linear::table(KINDS, repr, 0.1, device),
            hidden: linear::init(&LinearConfig::new(repr, repr), device),
            attention: linear::init(&LinearConfig::new(repr, 1).with_bias(false), device),
            recency: Param::from_data(recency.as_slice(), device),
            output: linear::init(&LinearConfig::new(repr, repr), device),
        }
    }

    /// # Shapes
    /// - `items` `[batch, events, repr]`, most recent event first
    /// - `kinds` `[batch * events]`, rows of the embedding table; `mask` `[batch, events]`, 1 = real
    /// - output `[batch, repr]`, exactly 0 for an empty session
    pub fn forward(&self, items: Tensor<3>, kinds: Tensor<1, Int>, mask: Tensor<2>) -> Tensor<2> {
        let [batch, events, repr] = items.dims();
        let kinds = self.kinds.val().select(0, kinds);
        let x = items.reshape([batch * events, repr]) + kinds;
        let logits =
            linear::forward(&self.attention, relu(linear::forward(&self.hidden, x.clone()))).reshape([batch, events]);
        let logits = logits + self.recency.val().narrow(0, 0, events).unsqueeze::<2>();
        let weights = softmax(logits + (mask.clone() - 1.0) * 1e4, 1) * mask.clone(); // [batch, events]
        let pooled = (x.reshape([batch, events, repr]) * weights.unsqueeze_dim::<3>(2)).sum_dim(1).squeeze_dim::<2>(1);
        linear::forward(&self.output, pooled) * mask.max_dim(1)
    }
}
