//! Next-item prediction: session and item embeddings of unit length, ranked by cosine similarity.
//!
//! Unit length removes the popularity bias of long embeddings (NISER, Gupta et al. 2019).

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
use batch::MASKED_LOGIT;
pub use batch::SequenceBatch;
use graph::GraphEncoder;
use gru::GruEncoder;

/// Initial logit scale.
const LOGIT_SCALE: f32 = 14.0;
/// The session encoders; all read the same batch.
#[derive(Module, Debug)]
pub enum Encoder {
    /// Self-attention over the session's items.
    Attention(AttentionEncoder),
    /// A gated recurrent unit.
    Gru(GruEncoder),
    /// A gated graph network.
    Graph(GraphEncoder),
}

/// Item embeddings and a session encoder.
#[derive(Module, Debug)]
pub struct Sequence {
    /// Item embeddings, `[items, embedding]`.
    vectors: Param<Tensor<2>>,
    /// Logarithm of the logit scale, `[1]`.
    log_scale: Param<Tensor<1>>,
    encoder: Encoder,
}

/// Negative samples shared by a batch.
#[derive(Clone, Debug)]
pub struct Negatives {
    /// Item rows.
    pub items: Vec<i32>,
    /// Logarithm of each item's expected count among the negatives.
    pub log_expected: Vec<f32>,
}

impl Sequence {
    /// A network with a random encoder and the item embeddings `start`.
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
            log_scale: Param::from_data([LOGIT_SCALE.ln()].as_slice(), device),
            encoder,
        }
    }

    /// Session embeddings of unit length; exactly 0 for a session without items.
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
        l2_normalised(encoded) * batch.mask.clone().max_dim(1)
    }

    /// Item embeddings of unit length.
    ///
    /// # Shapes
    /// - `rows` `[n]`, output `[n, embedding]`
    pub fn item_vectors(&self, rows: Tensor<1, Int>) -> Tensor<2> {
        l2_normalised(self.vectors.val().select(0, rows))
    }

    /// All item embeddings, of unit length.
    ///
    /// # Shapes
    /// - output `[items, embedding]`
    pub fn all_items(&self) -> Tensor<2> {
        l2_normalised(self.vectors.val())
    }

    /// The factor from cosine similarity to logit.
    pub fn logit_scale(&self) -> f32 {
        self.log_scale.val().exp().into_data().try_to_vec::<f32>().expect("parameters are f32")[0]
    }

    /// Sampled softmax over the next item and the negatives, with logits corrected by the sampling distribution (Bengio & Senécal 2008),
    /// the mean over sessions. Lower is better.
    ///
    /// # Shapes
    /// - `next` one item row per session; output `[1]`
    pub fn loss(&self, batch: &SequenceBatch, next: &[i32], negatives: &Negatives) -> Tensor<1> {
        let device = batch.mask.device();
        let (count, negative_count) = (next.len(), negatives.items.len());
        let rows = |rows: &[i32]| Tensor::<1, Int>::from_data(TensorData::new(rows.to_vec(), [rows.len()]), &device);
        let (next_rows, negative_rows) = (rows(next), rows(&negatives.items));
        let expected = TensorData::new(negatives.log_expected.clone(), [1, negative_count]);
        let scale = self.log_scale.val().exp().unsqueeze::<2>(); // [1, 1]
        let sessions = self.forward(batch) * scale;
        let positive = (sessions.clone() * self.item_vectors(next_rows.clone())).sum_dim(1); // [sessions, 1]
        let negative = sessions.matmul(self.item_vectors(negative_rows.clone()).transpose())
            - Tensor::from_data(expected, &device); // [sessions, negatives]
        // A negative that equals the next item is masked.
        let collision = next_rows
            .reshape([count, 1])
            .repeat_dim(1, negative_count)
            .equal(negative_rows.reshape([1, negative_count]).repeat_dim(0, count));
        let logits = Tensor::cat(vec![positive, negative.mask_fill(collision, MASKED_LOGIT)], 1);
        log_softmax(logits, 1).narrow(1, 0, 1).mean().neg()
    }
}

/// Divides rows by their L2 norm; a row of zeros stays.
fn l2_normalised(x: Tensor<2>) -> Tensor<2> {
    let norm = (x.clone().powi_scalar(2).sum_dim(1) + 1e-12).sqrt();
    x / norm
}
