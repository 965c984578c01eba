//! A parameter-efficient ensemble (TabM, Gorishniy et al. 2024; BatchEnsemble, Wen et al. 2020): members share each layer's weight
//! and have their own scales of its inputs and outputs.
//!
//! A number is embedded by a piecewise-linear encoding and a linear layer of its own (Gorishniy et al. 2022), a category by a vector.

use burn::{
    module::{Initializer, Module, Param},
    nn::{Dropout, DropoutConfig},
    tensor::{Device, Distribution, Tensor, activation::relu},
};
use windowshop_features::TableShape;
use windowshop_schema::IntentConfig;

use super::batch::IntentBatch;
use crate::linear;

/// Standard deviation of a category embedding's initial values.
const NAME_STD: f64 = 0.3;

/// Encoded cells to class logits of each member.
#[derive(Module, Debug)]
pub struct Ensemble {
    /// Number embeddings, `[numbers, pieces, number_dim]`; `None` without numeric columns.
    curves: Option<Param<Tensor<3>>>,
    /// `[1, numbers * number_dim]`
    curve_bias: Option<Param<Tensor<2>>>,
    /// Category embeddings, `[rows, category_dim]`; `None` without categorical columns.
    vectors: Option<Param<Tensor<2>>>,
    layers: Vec<MemberLinear>,
    /// `[members, hidden, classes]`
    output: Param<Tensor<3>>,
    /// `[members, classes]`
    output_bias: Param<Tensor<2>>,
    dropout: Dropout,
    names: usize,
}

/// A linear layer with a shared weight and scales and bias per member.
#[derive(Module, Debug)]
struct MemberLinear {
    /// `[inputs, outputs]`
    weight: Param<Tensor<2>>,
    /// Input scales, `[members, inputs]`.
    before: Param<Tensor<2>>,
    /// Output scales, `[members, outputs]`.
    after: Param<Tensor<2>>,
    /// `[members, outputs]`
    bias: Param<Tensor<2>>,
}

impl MemberLinear {
    /// Input scales are random in the first layer, so that members differ, and 1 in the others.
    fn init(inputs: usize, outputs: usize, members: usize, first: bool, device: &Device) -> Self {
        let before = if first {
            Tensor::random([members, inputs], Distribution::Normal(0.0, 1.0), device)
        } else {
            Tensor::ones([members, inputs], device)
        };
        Self {
            weight: uniform([inputs, outputs], inputs, device),
            before: Param::from_tensor(before),
            after: Param::from_tensor(Tensor::ones([members, outputs], device)),
            bias: uniform([members, outputs], inputs, device),
        }
    }

    /// # Shapes
    /// - input `[rows, members, inputs]`, output `[rows, members, outputs]`
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let x = x * self.before.val().unsqueeze_dim(0);
        let [rows, members, inputs] = x.dims();
        let shared = x.reshape([rows * members, inputs]).matmul(self.weight.val()); // [rows * members, outputs]
        let outputs = shared.dims()[1];
        shared.reshape([rows, members, outputs]) * self.after.val().unsqueeze_dim(0) + self.bias.val().unsqueeze_dim(0)
    }
}

/// Uniform in ±1/√`inputs`.
fn uniform<const D: usize>(shape: [usize; D], inputs: usize, device: &Device) -> Param<Tensor<D>> {
    let bound = 1.0 / (inputs.max(1) as f64).sqrt();
    Initializer::Uniform { min: -bound, max: bound }.init(shape, device)
}

impl Ensemble {
    /// A network with random weights.
    pub fn init(config: &IntentConfig, classes: usize, shape: TableShape, device: &Device) -> Self {
        let IntentConfig { number_dim, category_dim, hidden_dim, members, .. } = *config;
        let TableShape { numbers, pieces, names, rows } = shape;
        let embedded = numbers * number_dim + names * category_dim;
        let layer =
            |i| MemberLinear::init(if i == 0 { embedded } else { hidden_dim }, hidden_dim, members, i == 0, device);
        Self {
            curves: (numbers > 0).then(|| uniform([numbers, pieces, number_dim], pieces, device)),
            curve_bias: (numbers > 0).then(|| uniform([1, numbers * number_dim], pieces, device)),
            vectors: (names > 0).then(|| linear::table(rows, category_dim, NAME_STD, device)),
            layers: (0..config.layers).map(layer).collect(),
            output: uniform([members, hidden_dim, classes], hidden_dim, device),
            output_bias: Param::from_tensor(Tensor::zeros([members, classes], device)),
            dropout: DropoutConfig::new(config.dropout).init(),
            names,
        }
    }

    /// # Shapes
    /// - output `[rows, members, classes]`
    pub fn forward(&self, batch: &IntentBatch) -> Tensor<3> {
        let members = self.output.dims()[0];
        let mut x = self.embed(batch).unsqueeze_dim::<3>(1).repeat_dim(1, members); // [rows, members, embedded]
        for layer in &self.layers {
            x = self.dropout.forward(relu(layer.forward(x)));
        }
        let scores = x.swap_dims(0, 1).matmul(self.output.val()); // [members, rows, classes]
        scores.swap_dims(0, 1) + self.output_bias.val().unsqueeze_dim(0)
    }

    /// `[rows, embedded]`
    fn embed(&self, batch: &IntentBatch) -> Tensor<2> {
        let rows = batch.numbers.dims()[0];
        let mut parts = Vec::new();
        if let (Some(curves), Some(bias)) = (&self.curves, &self.curve_bias) {
            let curves = curves.val();
            let [numbers, pieces, width] = curves.dims();
            let values = batch.numbers.clone().reshape([rows, numbers, pieces]).swap_dims(0, 1).matmul(curves);
            parts.push(values.swap_dims(0, 1).reshape([rows, numbers * width]) + bias.val());
        }
        if let Some(vectors) = &self.vectors {
            let found = vectors.val().select(0, batch.names.clone());
            let width = found.dims()[1];
            parts.push(found.reshape([rows, self.names * width]));
        }
        Tensor::cat(parts, 1)
    }
}
