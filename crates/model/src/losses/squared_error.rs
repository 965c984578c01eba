//! Mean squared error of the score against the grade.

use burn::tensor::Tensor;

/// Mean squared error over unpadded items.
#[derive(Clone, Copy, Debug, Default)]
pub struct SquaredErrorLoss;

impl SquaredErrorLoss {
    /// # Shapes
    /// - `scores`, `grades`, `list_mask` `[batch, list]`; output `[1]`
    ///
    /// Lower is better. At least one item must be unpadded.
    pub fn forward(&self, scores: Tensor<2>, grades: Tensor<2>, list_mask: Tensor<2>) -> Tensor<1> {
        let error = (scores - grades) * list_mask.clone();
        // Per list first: the order of a flat sum would depend on the number of threads.
        error.powi_scalar(2).sum_dim(1).sum() / list_mask.sum()
    }
}
