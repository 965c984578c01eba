//! Decoded arrays.

use std::collections::BTreeMap;

/// A row-major array, decoded to f32 whatever its stored precision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tensor {
    /// Extents.
    pub shape: Vec<usize>,
    /// Row-major values.
    pub data: Vec<f32>,
}

/// Arrays by name, such as `item_encoder.layers.0.weight`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tensors(pub BTreeMap<String, Tensor>);
