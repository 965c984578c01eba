//! A stack of linear layers with ReLU between them.

use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig, Linear, LinearConfig},
    tensor::{Device, Tensor, activation::relu},
};

use crate::linear;

/// Layer widths of an [`Mlp`].
#[derive(Clone, Debug)]
pub struct MlpConfig {
    widths: Vec<usize>,
    dropout: f64,
}

impl MlpConfig {
    /// `widths` from input to output, at least two.
    pub fn new(widths: impl Into<Vec<usize>>) -> Self {
        Self { widths: widths.into(), dropout: 0.0 }
    }

    /// Share of hidden units dropped while training.
    pub fn with_dropout(mut self, dropout: f64) -> Self {
        self.dropout = dropout;
        self
    }

    /// A network with random weights.
    pub fn init(&self, device: &Device) -> Mlp {
        let layers = self.widths.windows(2).map(|w| linear::init(&LinearConfig::new(w[0], w[1]), device)).collect();
        Mlp { layers, dropout: DropoutConfig::new(self.dropout).init() }
    }
}

/// See the module's text.
#[derive(Module, Debug)]
pub struct Mlp {
    layers: Vec<Linear>,
    dropout: Dropout,
}

impl Mlp {
    /// The same network with every value of the last layer's bias at `value`.
    pub fn with_output_bias(mut self, value: f32) -> Self {
        let last = self.layers.last_mut().expect("a network has layers");
        last.bias = last.bias.take().map(|bias| bias.map(|b| b.zeros_like() + value));
        self
    }

    /// # Shapes
    /// - input `[rows, widths[0]]`, output `[rows, widths[last]]`
    pub fn forward(&self, mut x: Tensor<2>) -> Tensor<2> {
        let last = self.layers.len() - 1;
        for (i, layer) in self.layers.iter().enumerate() {
            x = linear::forward(layer, x);
            if i < last {
                x = self.dropout.forward(relu(x));
            }
        }
        x
    }
}
