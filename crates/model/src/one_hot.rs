//! One-hot encoding of class labels.

use burn::tensor::{Device, Tensor, TensorData};

/// One-hot rows of `labels`, each below `classes`.
///
/// # Shapes
/// - output `[labels, classes]`
pub fn one_hot(labels: &[usize], classes: usize, device: &Device) -> Tensor<2> {
    let mut rows = vec![0.0f32; labels.len() * classes];
    labels.iter().enumerate().for_each(|(row, label)| rows[row * classes + label] = 1.0);
    Tensor::from_data(TensorData::new(rows, [labels.len(), classes]), device)
}
