//! Decoded tensors.

use std::collections::BTreeMap;

/// A row-major tensor, decoded to f32 from any stored precision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tensor {
    /// Size of each dimension.
    pub shape: Vec<usize>,
    /// Row-major values.
    pub data: Vec<f32>,
}

/// Tensors by name, such as `item_encoder.layers.0.weight`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tensors(pub BTreeMap<String, Tensor>);
