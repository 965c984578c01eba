//! A gated graph network over the session's items (Wu et al. 2019, SR-GNN).
//!
//! An item that is there twice is one node of the graph. Here it has as many positions as it is there, all of one state:
//! the batch shares its edges out among them, which gives the same sums.

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

/// See the module's text.
#[derive(Module, Debug)]
pub struct GraphEncoder {
    incoming: Linear,
    outgoing: Linear,
    /// What the neighbours say, to the three gates' inputs.
    message: Linear,
    /// The state, to the two gates' inputs.
    gates: Linear,
    /// The state that was not reset, to the candidate's input.
    candidate: Linear,
    recent: Linear,
    each: Linear,
    attention: Linear,
    output: Linear,
    dropout: Dropout,
}

impl GraphEncoder {
    /// A random encoder.
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
    /// - `items` `[sessions, positions, embedding]`, of length one and 0 where padded; output `[sessions, embedding]`
    pub fn forward(&self, items: Tensor<3>, batch: &SequenceBatch) -> Tensor<2> {
        let [sessions, positions, dim] = items.dims();
        let cells = [sessions * positions, dim];
        let cube = [sessions, positions, dim];
        let items = self.dropout.forward(items);
        let h = items.clone().reshape(cells) * (dim as f32).sqrt();

        // Equations 1 to 5, one step.
        let along = |edges: &Tensor<3>, layer: &Linear| {
            edges.clone().matmul(linear::forward(layer, h.clone()).reshape(cube)).reshape(cells)
        };
        let heard =
            Tensor::cat(vec![along(&batch.incoming, &self.incoming), along(&batch.outgoing, &self.outgoing)], 1);
        let message = linear::forward(&self.message, heard); // [cells, 3 embedding]
        let gates = sigmoid(message.clone().narrow(1, 0, 2 * dim) + linear::forward(&self.gates, h.clone()));
        let update = gates.clone().narrow(1, 0, dim);
        let reset = gates.narrow(1, dim, dim);
        let candidate = tanh(message.narrow(1, 2 * dim, dim) + linear::forward(&self.candidate, reset * h.clone()));
        let nodes = h.clone() + update * (candidate - h); // [cells, embedding]

        // Equations 6 and 7: what the most recent item asks of each.
        let last = batch.last.clone().unsqueeze_dim::<3>(2); // [sessions, positions, 1]
        let recent = (nodes.clone().reshape(cube) * last.clone()).sum_dim(1).squeeze_dim::<2>(1);
        let asked = linear::forward(&self.recent, recent.clone()).unsqueeze_dim::<3>(1); // [sessions, 1, embedding]
        let each = sigmoid(linear::forward(&self.each, nodes.clone()).reshape(cube) + asked);
        let weights = linear::forward(&self.attention, each.reshape(cells)).reshape([sessions, positions, 1])
            * batch.mask.clone().unsqueeze_dim::<3>(2);
        let whole = (nodes.reshape(cube) * weights).sum_dim(1).squeeze_dim::<2>(1);
        let session = linear::forward(&self.output, Tensor::cat(vec![recent, whole], 1));
        (items * last).sum_dim(1).squeeze_dim::<2>(1) + session
    }
}
