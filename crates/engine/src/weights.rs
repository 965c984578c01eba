//! A network's weights by name, as the kernel wants them.

use windowshop_bundle::Tensors;
use windowshop_kernels::{Dense, padded};

use crate::error::EngineError;

/// Added to a variance before its root, as burn has it in every normalisation.
pub const NORM_EPSILON: f32 = 1e-5;

/// Weights of one network of a bundle.
#[derive(Clone, Copy)]
pub struct Weights<'a> {
    /// Whose weights, for errors.
    pub kind: &'static str,
    /// All of them.
    pub tensors: &'a Tensors,
}

impl<'a> Weights<'a> {
    /// Shape and values of a tensor of `rank` dimensions.
    pub fn tensor(&self, name: &str, rank: usize) -> Result<(&'a [usize], &'a [f32]), EngineError> {
        let tensor = self.tensors.0.get(name).ok_or_else(|| self.fault(name, "missing"))?;
        if tensor.shape.len() != rank {
            return Err(self.fault(name, &format!("rank {}, expected {rank}", tensor.shape.len())));
        }
        Ok((&tensor.shape, &tensor.data))
    }

    /// Is there such a tensor?
    pub fn has(&self, name: &str) -> bool {
        self.tensors.0.contains_key(name)
    }

    /// A linear layer, with a bias or without.
    pub fn dense(&self, name: &str) -> Result<Dense, EngineError> {
        let (shape, weight) = self.tensor(&format!("{name}.weight"), 2)?;
        Ok(Dense::new(weight, self.bias(name, shape[1])?, shape[0], shape[1]))
    }

    /// The bias of a layer with so many outputs, if it has one.
    pub fn bias(&self, name: &str, outputs: usize) -> Result<Option<&'a [f32]>, EngineError> {
        if !self.has(&format!("{name}.bias")) {
            return Ok(None);
        }
        let (shape, bias) = self.tensor(&format!("{name}.bias"), 1)?;
        if shape[0] != outputs {
            return Err(self.fault(name, "a bias of another length than the layer"));
        }
        Ok(Some(bias))
    }

    /// A stack of linear layers.
    pub fn mlp(&self, name: &str) -> Result<Mlp, EngineError> {
        let mut layers = Vec::new();
        while self.has(&format!("{name}.layers.{}.weight", layers.len())) {
            layers.push(self.dense(&format!("{name}.layers.{}", layers.len()))?);
        }
        if layers.is_empty() || layers.windows(2).any(|w| w[0].outputs() != w[1].inputs()) {
            return Err(self.fault(name, "no layers, or layers that do not fit together"));
        }
        Ok(Mlp(layers))
    }

    /// Refuses sizes that differ from the expected ones: name, found, expected.
    pub fn expect(&self, sizes: &[(&str, usize, usize)]) -> Result<(), EngineError> {
        match sizes.iter().find(|(_, found, expected)| found != expected) {
            None => Ok(()),
            Some((name, found, expected)) => {
                Err(self.fault(name, &format!("{found} inputs or rows, expected {expected}")))
            }
        }
    }

    /// An error about one of the weights.
    pub fn fault(&self, name: &str, found: &str) -> EngineError {
        EngineError::weights(self.kind, name, found)
    }
}

/// Linear layers with ReLU between them.
pub struct Mlp(Vec<Dense>);

impl Mlp {
    /// Values a row has before the first layer.
    pub fn inputs(&self) -> usize {
        self.0[0].inputs()
    }

    /// # Shapes
    /// - `input` `[rows, padded(inputs)]`, output `[rows, padded(outputs)]`
    pub fn forward(&self, input: Vec<f32>) -> Vec<f32> {
        let (mut current, mut next) = (input, Vec::new());
        for (i, layer) in self.0.iter().enumerate() {
            layer.forward(&current, i + 1 < self.0.len(), &mut next);
            std::mem::swap(&mut current, &mut next);
        }
        current
    }
}

/// Rows to mean 0 and variance 1, then a learned gain and offset (Ba et al. 2016).
pub struct LayerNorm {
    gain: Vec<f32>,
    offset: Vec<f32>,
}

impl LayerNorm {
    /// The norm of that name.
    pub fn load(all: &Weights<'_>, name: &str) -> Result<Self, EngineError> {
        let values = |field: &str| all.tensor(&format!("{name}.{field}"), 1).map(|(_, values)| values.to_vec());
        let norm = Self { gain: values("gamma")?, offset: values("beta")? };
        all.expect(&[(name, norm.offset.len(), norm.gain.len())])?;
        Ok(norm)
    }

    /// Length of a row.
    pub fn width(&self) -> usize {
        self.gain.len()
    }

    /// Normalises one row.
    pub fn apply(&self, row: &mut [f32]) {
        let count = row.len() as f32;
        let mean = row.iter().sum::<f32>() / count;
        let variance = row.iter().map(|value| (value - mean) * (value - mean)).sum::<f32>() / count;
        let scale = 1.0 / (variance + NORM_EPSILON).sqrt();
        for ((value, gain), offset) in row.iter_mut().zip(&self.gain).zip(&self.offset) {
            *value = (*value - mean) * scale * gain + offset;
        }
    }
}

/// One row of the kernel's input.
pub fn pad_row(values: &[f32]) -> Vec<f32> {
    let mut row = values.to_vec();
    row.resize(padded(values.len()), 0.0);
    row
}
