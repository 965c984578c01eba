//! Self-attention that decides how much each item of the session counts; the session is the weighted mean of its items'
//! own vectors, so that sessions and items live in one space (Hou et al. 2022, CORE).

use burn::{
    module::{Module, Param},
    nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig},
    tensor::{
        Device, Tensor,
        activation::{relu, softmax},
    },
};
use windowshop_schema::SequenceConfig;

use super::{LOWEST, batch::SequenceBatch};
use crate::linear;

/// Standard deviation of a random position vector.
const POSITION_STD: f64 = 0.02;

/// See the module's text.
#[derive(Module, Debug)]
pub struct AttentionEncoder {
    /// `[max_items, embedding]`, the most recent first
    positions: Param<Tensor<2>>,
    /// `[max_items, 1]`: what an item counts by its place alone
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
    /// A random encoder.
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
    /// - `items` `[sessions, positions, embedding]`, of length one and 0 where padded; output `[sessions, embedding]`
    pub fn forward(&self, items: Tensor<3>, batch: &SequenceBatch) -> Tensor<2> {
        let [sessions, positions, dim] = items.dims();
        let cells = [sessions * positions, dim];
        let cube = [sessions, positions, dim];
        let items = self.dropout.forward(items);
        let scale = (dim as f32).sqrt();
        let absent = (batch.mask.clone() - 1.0) * -LOWEST; // [sessions, positions]
        let x = items.clone().reshape(cells) * (0.5 * scale) + self.positions.val().select(0, batch.recency.clone());

        let part = |layer: &Linear| linear::forward(layer, x.clone()).reshape(cube);
        let logits = part(&self.query).matmul(part(&self.key).swap_dims(1, 2)) / scale; // [sessions, to, from]
        let seen = softmax(logits + absent.clone().unsqueeze_dim::<3>(1), 2).matmul(part(&self.value));
        let x = self.attention_norm.forward(x + linear::forward(&self.output, seen.reshape(cells)));
        let hidden = self.dropout.forward(relu(linear::forward(&self.hidden, x.clone())));
        let x = self.hidden_norm.forward(x + linear::forward(&self.narrow, hidden));

        let logits = linear::forward(&self.weight, x) + self.recency.val().select(0, batch.recency.clone());
        let weights = softmax(logits.reshape([sessions, positions]) + absent, 1);
        (items * weights.unsqueeze_dim::<3>(2)).sum_dim(1).squeeze_dim::<2>(1)
    }
}
