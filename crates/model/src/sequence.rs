//! The next item of a session: one vector a session, one an item, both of length one, and how alike they are.
//!
//! Vectors of one length keep popular items from winning by their length alone (Gupta et al. 2019, NISER).

mod attention;
mod batch;
mod graph;
mod gru;

use burn::{
    module::{Module, Param},
    tensor::{Device, Int, Tensor, TensorData, activation::log_softmax},
};
use windowshop_schema::{SequenceConfig, SequenceNetwork, Vectors};

use attention::AttentionEncoder;
pub use batch::SequenceBatch;
use graph::GraphEncoder;
use gru::GruEncoder;

/// What likenesses are multiplied with before softmax at the start; learned from there.
const SCALE: f32 = 14.0;
/// Below every logit.
const LOWEST: f32 = -1e9;

/// One of the encoders; all read the same batch.
#[derive(Module, Debug)]
pub enum Encoder {
    /// Self-attention that weighs the session's own items.
    Attention(AttentionEncoder),
    /// A gated recurrent unit.
    Gru(GruEncoder),
    /// A gated graph network.
    Graph(GraphEncoder),
}

/// See the module's text.
#[derive(Module, Debug)]
pub struct Sequence {
    /// `[items, embedding]`
    vectors: Param<Tensor<2>>,
    /// Logarithm of what likenesses are multiplied with, `[1]`.
    log_scale: Param<Tensor<1>>,
    encoder: Encoder,
}

/// Items that were not next, and how likely each was to be drawn.
#[derive(Clone, Debug)]
pub struct Negatives {
    /// Rows of items.
    pub items: Vec<i32>,
    /// Logarithm of how often each is expected among them.
    pub log_expected: Vec<f32>,
}

impl Sequence {
    /// A network whose encoder is random and whose item vectors are `start`.
    pub fn init(config: &SequenceConfig, start: &Vectors, device: &Device) -> Self {
        let rows = start.values.len() / start.dim;
        let vectors = Tensor::from_data(TensorData::new(start.values.clone(), [rows, start.dim]), device);
        let encoder = match config.network {
            SequenceNetwork::Attention => Encoder::Attention(AttentionEncoder::init(config, device)),
            SequenceNetwork::Gru => Encoder::Gru(GruEncoder::init(config, device)),
            SequenceNetwork::Graph => Encoder::Graph(GraphEncoder::init(config, device)),
        };
        Self {
            vectors: Param::from_tensor(vectors),
            log_scale: Param::from_data([SCALE.ln()].as_slice(), device),
            encoder,
        }
    }

    /// Sessions as vectors of length one; exactly 0 where a session has no item.
    ///
    /// # Shapes
    /// - output `[sessions, embedding]`
    pub fn forward(&self, batch: &SequenceBatch) -> Tensor<2> {
        let [sessions, positions] = batch.shape;
        let items = self.item_vectors(batch.items.clone());
        let dim = items.dims()[1];
        let items = items.reshape([sessions, positions, dim]) * batch.mask.clone().unsqueeze_dim::<3>(2);
        let encoded = match &self.encoder {
            Encoder::Attention(encoder) => encoder.forward(items, batch),
            Encoder::Gru(encoder) => encoder.forward(items, batch),
            Encoder::Graph(encoder) => encoder.forward(items, batch),
        };
        normalised(encoded) * batch.mask.clone().max_dim(1)
    }

    /// Items as vectors of length one.
    ///
    /// # Shapes
    /// - `rows` `[n]`, output `[n, embedding]`
    pub fn item_vectors(&self, rows: Tensor<1, Int>) -> Tensor<2> {
        normalised(self.vectors.val().select(0, rows))
    }

    /// Every item as a vector of length one.
    ///
    /// # Shapes
    /// - output `[items, embedding]`
    pub fn all_items(&self) -> Tensor<2> {
        normalised(self.vectors.val())
    }

    /// What likenesses are multiplied with to be logits.
    pub fn scale(&self) -> f32 {
        self.log_scale.val().exp().into_data().try_to_vec::<f32>().expect("parameters are f32")[0]
    }

    /// Sampled softmax over the next item and the negatives, whose logits are corrected by how likely they were to be drawn
    /// (Bengio & Senécal 2008).
    ///
    /// # Shapes
    /// - `next` one row of an item a session; output `[1]`
    pub fn loss(&self, batch: &SequenceBatch, next: &[i32], negatives: &Negatives) -> Tensor<1> {
        let device = batch.mask.device();
        let (count, drawn) = (next.len(), negatives.items.len());
        let rows = |rows: &[i32]| Tensor::<1, Int>::from_data(TensorData::new(rows.to_vec(), [rows.len()]), &device);
        let (next_rows, negative_rows) = (rows(next), rows(&negatives.items));
        let expected = TensorData::new(negatives.log_expected.clone(), [1, drawn]);
        let scale = self.log_scale.val().exp().unsqueeze::<2>(); // [1, 1]
        let sessions = self.forward(batch) * scale;
        let own = (sessions.clone() * self.item_vectors(next_rows.clone())).sum_dim(1); // [sessions, 1]
        let others = sessions.matmul(self.item_vectors(negative_rows.clone()).transpose())
            - Tensor::from_data(expected, &device); // [sessions, negatives]
        let hit = next_rows
            .reshape([count, 1])
            .repeat_dim(1, drawn)
            .equal(negative_rows.reshape([1, drawn]).repeat_dim(0, count));
        let logits = Tensor::cat(vec![own, others.mask_fill(hit, LOWEST)], 1);
        log_softmax(logits, 1).narrow(1, 0, 1).mean().neg()
    }
}

/// Rows of length one; a row of zeros stays.
fn normalised(x: Tensor<2>) -> Tensor<2> {
    let length = (x.clone().powi_scalar(2).sum_dim(1) + 1e-12).sqrt();
    x / length
}
