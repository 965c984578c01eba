//! A network's weights by name, packed for the kernel.

use windowshop_bundle::Tensors;
use windowshop_kernels::{Dense, padded};

use crate::error::EngineError;

/// Added to a variance before its square root, as in burn's normalisations.
pub const NORM_EPSILON: f32 = 1e-5;

/// The weights of one network.
#[derive(Clone, Copy)]
pub struct Weights<'a> {
    /// The network's name, for errors.
    pub kind: &'static str,
    /// Its tensors.
    pub tensors: &'a Tensors,
}

impl<'a> Weights<'a> {
    /// Shape and values of a tensor with `rank` dimensions.
    pub fn tensor(&self, name: &str, rank: usize) -> Result<(&'a [usize], &'a [f32]), EngineError> {
        let tensor = self.tensors.0.get(name).ok_or_else(|| self.fault(name, "missing"))?;
        if tensor.shape.len() != rank {
            return Err(self.fault(name, &format!("rank {}, expected {rank}", tensor.shape.len())));
        }
        Ok((&tensor.shape, &tensor.data))
    }

    /// True if the tensor exists.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.0.contains_key(name)
    }

    /// A linear layer with an optional bias.
    pub fn dense(&self, name: &str) -> Result<Dense, EngineError> {
        let (shape, weight) = self.tensor(&format!("{name}.weight"), 2)?;
        Ok(Dense::new(weight, self.bias(name, shape[1])?, shape[0], shape[1]))
    }

    /// The bias of a layer with `outputs` outputs, if it has one.
    pub fn bias(&self, name: &str, outputs: usize) -> Result<Option<&'a [f32]>, EngineError> {
        if !self.has(&format!("{name}.bias")) {
            return Ok(None);
        }
        let (shape, bias) = self.tensor(&format!("{name}.bias"), 1)?;
        if shape[0] != outputs {
            return Err(self.fault(name, "a bias whose length is not that of the layer"));
        }
        Ok(Some(bias))
    }

    /// A multilayer perceptron.
    pub fn mlp(&self, name: &str) -> Result<Mlp, EngineError> {
        let mut layers = Vec::new();
        while self.has(&format!("{name}.layers.{}.weight", layers.len())) {
            layers.push(self.dense(&format!("{name}.layers.{}", layers.len()))?);
        }
        if layers.is_empty() || layers.windows(2).any(|w| w[0].outputs() != w[1].inputs()) {
            return Err(self.fault(name, "missing, or its layers do not fit each other"));
        }
        Ok(Mlp(layers))
    }

    /// Checks sizes, each a name, the found and the expected number.
    ///
    /// # Errors
    /// [`EngineError::Weights`] for the first size that differs.
    pub fn expect(&self, sizes: &[(&str, usize, usize)]) -> Result<(), EngineError> {
        match sizes.iter().find(|(_, found, expected)| found != expected) {
            None => Ok(()),
            Some((name, found, expected)) => {
                Err(self.fault(name, &format!("{found} inputs or rows, expected {expected}")))
            }
        }
    }

    /// An error about the weight `name`.
    pub fn fault(&self, name: &str, found: &str) -> EngineError {
        EngineError::weights(self.kind, name, found)
    }
}

/// A multilayer perceptron with ReLU between its layers.
pub struct Mlp(Vec<Dense>);

impl Mlp {
    /// Number of inputs.
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

/// Layer normalisation (Ba et al. 2016).
pub struct LayerNorm {
    gain: Vec<f32>,
    offset: Vec<f32>,
}

impl LayerNorm {
    /// Loads `name.gamma` and `name.beta`.
    pub fn load(all: &Weights<'_>, name: &str) -> Result<Self, EngineError> {
        let values = |field: &str| all.tensor(&format!("{name}.{field}"), 1).map(|(_, values)| values.to_vec());
        let norm = Self { gain: values("gamma")?, offset: values("beta")? };
        all.expect(&[(name, norm.offset.len(), norm.gain.len())])?;
        Ok(norm)
    }

    /// Number of features.
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

/// A row padded with zeros for the kernel, `[padded(values)]`.
pub fn pad_row(values: &[f32]) -> Vec<f32> {
    let mut row = values.to_vec();
    row.resize(padded(values.len()), 0.0);
    row
}
