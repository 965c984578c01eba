//! Intent classification of table rows, for example of a visit: purchase or none.

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

/// The networks behind one interface.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process has one, and burn's modules are not boxed")]
pub enum Intent {
    /// A parameter-efficient ensemble over embedded cells.
    Ensemble(Ensemble),
    /// The baseline: an MLP over standardised numbers and one-hot categories.
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

    /// Class logits of each ensemble member; the baseline has one member.
    ///
    /// # Shapes
    /// - output `[rows, members, classes]`
    pub fn forward(&self, batch: &IntentBatch) -> Tensor<3> {
        match self {
            Self::Ensemble(network) => network.forward(batch),
            Self::Mlp(network) => network.forward(batch.numbers.clone()).unsqueeze_dim(1),
        }
    }

    /// Log-probabilities of the mean of the members' class probabilities.
    ///
    /// # Shapes
    /// - output `[rows, classes]`
    pub fn log_probabilities(&self, batch: &IntentBatch) -> Tensor<2> {
        log_softmax(self.forward(batch), 2).exp().mean_dim(1).squeeze_dim::<2>(1).clamp_min(f32::MIN_POSITIVE).log()
    }
}
