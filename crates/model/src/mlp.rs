//! Multilayer perceptron: linear layers with ReLU and dropout between them.

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
    /// `widths`: the input's, each hidden layer's and the output's; at least two.
    pub fn new(widths: impl Into<Vec<usize>>) -> Self {
        Self { widths: widths.into(), dropout: 0.0 }
    }

    /// Dropout rate of hidden units, 0 to 1.
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

/// Linear layers with ReLU and dropout between them.
#[derive(Module, Debug)]
pub struct Mlp {
    layers: Vec<Linear>,
    dropout: Dropout,
}

impl Mlp {
    /// The same network with the output bias set to `value`.
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
