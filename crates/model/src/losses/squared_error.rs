//! Mean squared error on the grade.

use burn::tensor::Tensor;

/// Squared error, averaged over real items.
#[derive(Clone, Copy, Debug, Default)]
pub struct SquaredErrorLoss;

impl SquaredErrorLoss {
    /// # Shapes
    /// - `scores`, `grades`, `list_mask` `[batch, list]`; output `[1]`
    pub fn forward(&self, scores: Tensor<2>, grades: Tensor<2>, list_mask: Tensor<2>) -> Tensor<1> {
        let error = (scores - grades) * list_mask.clone();
        // Per list first: one flat sum over everything would depend on how threads cut it.
        error.powi_scalar(2).sum_dim(1).sum() / list_mask.sum()
    }
}
