//! Self-attention that weights the session's items (CORE, Hou et al. 2022). The session is the weighted mean of its item embeddings, so
//! that sessions and items share one space.

use burn::{
    module::{Module, Param},
    nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig},
    tensor::{
        Device, Tensor,
        activation::{relu, softmax},
    },
};
use windowshop_schema::SequenceConfig;

use super::batch::{MASKED_LOGIT, SequenceBatch};
use crate::linear;

/// Standard deviation of a position embedding's initial values.
const POSITION_STD: f64 = 0.02;

/// Item embeddings to a session embedding.
#[derive(Module, Debug)]
pub struct AttentionEncoder {
    /// Position embeddings, `[max_items, embedding]`, the most recent first.
    positions: Param<Tensor<2>>,
    /// Bias of an item's weight by position, `[max_items, 1]`.
    recency: Param<Tensor<2>>,
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    attention_norm: LayerNorm,
    hidden: Linear,
    narrow: Linear,
    hidden_norm: LayerNorm,
    weight: Linear,
    dropout: Dropout,
}

impl AttentionEncoder {
    /// An encoder with random weights.
    pub fn init(config: &SequenceConfig, device: &Device) -> Self {
        let dim = config.embedding_dim;
        let layer = |inputs, outputs| linear::init(&LinearConfig::new(inputs, outputs), device);
        let norm = || LayerNormConfig::new(dim).init(device);
        Self {
            positions: linear::table(config.max_items, dim, POSITION_STD, device),
            recency: Param::from_tensor(Tensor::zeros([config.max_items, 1], device)),
            query: layer(dim, dim),
            key: layer(dim, dim),
            value: layer(dim, dim),
            output: layer(dim, dim),
            attention_norm: norm(),
            hidden: layer(dim, 2 * dim),
            narrow: layer(2 * dim, dim),
            hidden_norm: norm(),
            weight: layer(dim, 1),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// # Shapes
    /// - `items` `[sessions, positions, embedding]`, of unit length, 0 where padded; output `[sessions, embedding]`
    pub fn forward(&self, items: Tensor<3>, batch: &SequenceBatch) -> Tensor<2> {
        let [sessions, positions, dim] = items.dims();
        let cells = [sessions * positions, dim];
        let cube = [sessions, positions, dim];
        let items = self.dropout.forward(items);
        let scale = (dim as f32).sqrt();
        let padding = (batch.mask.clone() - 1.0) * -MASKED_LOGIT; // [sessions, positions]
        let x = items.clone().reshape(cells) * (0.5 * scale) + self.positions.val().select(0, batch.recency.clone());

        let projected = |layer: &Linear| linear::forward(layer, x.clone()).reshape(cube);
        let logits = projected(&self.query).matmul(projected(&self.key).swap_dims(1, 2)) / scale; // [sessions, to, from]
        let attended = softmax(logits + padding.clone().unsqueeze_dim::<3>(1), 2).matmul(projected(&self.value));
        let x = self.attention_norm.forward(x + linear::forward(&self.output, attended.reshape(cells)));
        let hidden = self.dropout.forward(relu(linear::forward(&self.hidden, x.clone())));
        let x = self.hidden_norm.forward(x + linear::forward(&self.narrow, hidden));

        let logits = linear::forward(&self.weight, x) + self.recency.val().select(0, batch.recency.clone());
        let weights = softmax(logits.reshape([sessions, positions]) + padding, 1);
        (items * weights.unsqueeze_dim::<3>(2)).sum_dim(1).squeeze_dim::<2>(1)
    }
}
