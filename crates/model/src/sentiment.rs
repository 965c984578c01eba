//! Sentiment classification of a text by its hashed n-grams.

mod batch;
mod lstm;
mod ngram;

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use windowshop_schema::{SentimentConfig, SentimentNetwork};

pub use batch::SentimentBatch;
use lstm::LstmClassifier;
use ngram::NgramClassifier;

/// The networks behind one interface; all read the same n-grams.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a process has one, and burn's modules are not boxed")]
pub enum Sentiment {
    /// A linear model over n-grams plus a convolutional network.
    Ngram(NgramClassifier),
    /// The baseline: an LSTM.
    Lstm(LstmClassifier),
}

impl Sentiment {
    /// A network with random weights. `ratios` `[rows, classes]` are the naive Bayes log-count ratios of each n-gram.
    pub fn init(config: &SentimentConfig, classes: usize, ratios: &[f32], device: &Device) -> Self {
        let rows = ratios.len() / classes;
        match config.network {
            SentimentNetwork::Ngram => Self::Ngram(NgramClassifier::init(config, classes, ratios, device)),
            SentimentNetwork::Lstm => Self::Lstm(LstmClassifier::init(config, rows, classes, device)),
        }
    }

    /// Class logits.
    ///
    /// # Shapes
    /// - output `[texts, classes]`
    pub fn forward(&self, batch: &SentimentBatch) -> Tensor<2> {
        match self {
            Self::Ngram(network) => network.forward(batch),
            Self::Lstm(network) => network.forward(batch),
        }
    }
}
