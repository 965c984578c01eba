//! ListNet with top-one probabilities (Cao et al. 2007, eq. 6): the cross entropy of the softmax of the scores against the normalised
//! gains. With binary labels it is the softmax loss. Lower is better.

use burn::tensor::{Tensor, activation::log_softmax};

/// Cross entropy of score and gain distributions.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListNetLoss;

impl ListNetLoss {
    /// # Shapes
    /// - `scores`, `gains` (≥ 0), `list_mask` `[batch, list]`; output `[1]`
    ///
    /// The mean over lists with a positive gain; 0 if there is none.
    pub fn forward(&self, scores: Tensor<2>, gains: Tensor<2>, list_mask: Tensor<2>) -> Tensor<1> {
        self.weighted(scores, gains, None, list_mask)
    }

    /// [`ListNetLoss::forward`] with each item's term weighted (`[batch, list]`, ≥ 0). With inverse propensities of clicks the loss is an
    /// unbiased estimate of the loss without position bias, up to a factor (Joachims et al. 2017, eq. 5).
    pub fn weighted(
        &self,
        scores: Tensor<2>,
        gains: Tensor<2>,
        weights: Option<Tensor<2>>,
        list_mask: Tensor<2>,
    ) -> Tensor<1> {
        let log_p = log_softmax(scores + (list_mask.clone() - 1.0) * 1e4, 1);
        let gains = gains * list_mask.clone();
        let total = gains.clone().sum_dim(1); // [batch, 1]
        let useful = total.clone().greater_elem(0.0).float();
        let mut target = gains / total.clamp_min(1e-6);
        if let Some(weights) = weights {
            target = target * weights;
        }
        let loss = -(target * log_p * list_mask).sum_dim(1) * useful.clone();
        loss.sum() / useful.sum().clamp_min(1.0)
    }
}
