//! A gated graph neural network over the session graph (SR-GNN, Wu et al. 2019).
//!
//! An item that occurs several times is one node. Here each of its positions holds the same state, and the batch divides its edge
//! weights among them, which gives the same sums.

use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig, Linear, LinearConfig},
    tensor::{
        Device, Tensor,
        activation::{sigmoid, tanh},
    },
};
use windowshop_schema::SequenceConfig;

use super::batch::SequenceBatch;
use crate::linear;

/// Item embeddings to a session embedding.
#[derive(Module, Debug)]
pub struct GraphEncoder {
    incoming: Linear,
    outgoing: Linear,
    /// Neighbour states to the inputs of update gate, reset gate and candidate.
    message: Linear,
    /// State to the inputs of update and reset gate.
    gates: Linear,
    /// Reset state to the candidate's input.
    candidate: Linear,
    recent: Linear,
    each: Linear,
    attention: Linear,
    output: Linear,
    dropout: Dropout,
}

impl GraphEncoder {
    /// An encoder with random weights.
    pub fn init(config: &SequenceConfig, device: &Device) -> Self {
        let dim = config.embedding_dim;
        let layer = |inputs, outputs| linear::init(&LinearConfig::new(inputs, outputs), device);
        let plain = |inputs, outputs| linear::init(&LinearConfig::new(inputs, outputs).with_bias(false), device);
        Self {
            incoming: layer(dim, dim),
            outgoing: layer(dim, dim),
            message: layer(2 * dim, 3 * dim),
            gates: plain(dim, 2 * dim),
            candidate: plain(dim, dim),
            recent: layer(dim, dim),
            each: plain(dim, dim),
            attention: plain(dim, 1),
            output: plain(2 * dim, dim),
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
        let h = items.clone().reshape(cells) * (dim as f32).sqrt();

        // Equations 1 to 5, one propagation step.
        let propagate = |edges: &Tensor<3>, layer: &Linear| {
            edges.clone().matmul(linear::forward(layer, h.clone()).reshape(cube)).reshape(cells)
        };
        let neighbours = Tensor::cat(
            vec![propagate(&batch.incoming, &self.incoming), propagate(&batch.outgoing, &self.outgoing)],
            1,
        );
        let message = linear::forward(&self.message, neighbours); // [cells, 3 embedding]
        let gates = sigmoid(message.clone().narrow(1, 0, 2 * dim) + linear::forward(&self.gates, h.clone()));
        let update = gates.clone().narrow(1, 0, dim);
        let reset = gates.narrow(1, dim, dim);
        let candidate = tanh(message.narrow(1, 2 * dim, dim) + linear::forward(&self.candidate, reset * h.clone()));
        let nodes = h.clone() + update * (candidate - h); // [cells, embedding]

        // Equations 6 and 7: attention with the most recent item as query.
        let last = batch.last.clone().unsqueeze_dim::<3>(2); // [sessions, positions, 1]
        let recent = (nodes.clone().reshape(cube) * last.clone()).sum_dim(1).squeeze_dim::<2>(1);
        let query = linear::forward(&self.recent, recent.clone()).unsqueeze_dim::<3>(1); // [sessions, 1, embedding]
        let each = sigmoid(linear::forward(&self.each, nodes.clone()).reshape(cube) + query);
        let weights = linear::forward(&self.attention, each.reshape(cells)).reshape([sessions, positions, 1])
            * batch.mask.clone().unsqueeze_dim::<3>(2);
        let whole = (nodes.reshape(cube) * weights).sum_dim(1).squeeze_dim::<2>(1);
        let session = linear::forward(&self.output, Tensor::cat(vec![recent, whole], 1));
        (items * last).sum_dim(1).squeeze_dim::<2>(1) + session
    }
}
