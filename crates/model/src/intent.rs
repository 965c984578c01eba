//! What comes of a row of a table: a purchase, a cancellation, nothing.

mod batch;
mod ensemble;

use burn::{
    module::Module,
    tensor::{Device, Tensor, activation::log_softmax},
};
use windowshop_features::TableShape;
use windowshop_schema::{IntentConfig, IntentNetwork};

pub use batch::IntentBatch;
use ensemble::Ensemble;

use crate::mlp::{Mlp, MlpConfig};

/// One of the networks that read tables.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process has one, and burn's modules are not boxed")]
pub enum Intent {
    /// An ensemble over embedded numbers and names.
    Ensemble(Ensemble),
    /// The baseline: a perceptron over standardised numbers and one-hot names.
    Mlp(Mlp),
}

impl Intent {
    /// A network with random weights.
    pub fn init(config: &IntentConfig, classes: usize, shape: TableShape, device: &Device) -> Self {
        match config.network {
            IntentNetwork::Ensemble => Self::Ensemble(Ensemble::init(config, classes, shape, device)),
            IntentNetwork::Mlp => {
                let mut widths = vec![config.hidden_dim; config.layers + 2];
                (widths[0], widths[config.layers + 1]) = (shape.plain(), classes);
                Self::Mlp(MlpConfig::new(widths).with_dropout(config.dropout).init(device))
            }
        }
    }

    /// Scores of the classes before softmax, by each member; the baseline is one member.
    ///
    /// # Shapes
    /// - output `[rows, members, classes]`
    pub fn forward(&self, batch: &IntentBatch) -> Tensor<3> {
        match self {
            Self::Ensemble(network) => network.forward(batch),
            Self::Mlp(network) => network.forward(batch.numbers.clone()).unsqueeze_dim(1),
        }
    }

    /// Logarithms of the classes' probabilities, which are the mean of the members'.
    ///
    /// # Shapes
    /// - output `[rows, classes]`
    pub fn log_probabilities(&self, batch: &IntentBatch) -> Tensor<2> {
        log_softmax(self.forward(batch), 2).exp().mean_dim(1).squeeze_dim::<2>(1).clamp_min(f32::MIN_POSITIVE).log()
    }
}
