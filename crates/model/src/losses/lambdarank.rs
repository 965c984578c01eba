//! LambdaRank as a loss (Burges 2010, section 4; Wang et al. 2018, eq. 12): the logistic loss of every pair with different gains,
//! weighted by |ΔNDCG|, the change of the NDCG if the two items swap ranks. Lower is better.

use burn::tensor::{Int, Tensor, activation::softplus};

/// Pairwise logistic loss weighted by |ΔNDCG|.
#[derive(Clone, Copy, Debug, Default)]
pub struct LambdaRankLoss;

impl LambdaRankLoss {
    /// # Shapes
    /// - `scores`, `gains` (≥ 0), `list_mask` `[batch, list]`; output `[1]`
    ///
    /// The mean over lists. A list of equal gains counts 0.
    pub fn forward(&self, scores: Tensor<2>, gains: Tensor<2>, list_mask: Tensor<2>) -> Tensor<1> {
        self.weighted(scores, gains, None, list_mask)
    }

    /// [`LambdaRankLoss::forward`] with each pair weighted by its better item (`[batch, list]`, ≥ 0), such as the inverse propensity of
    /// its click (Wang et al. 2018, "Position bias estimation", section 4).
    pub fn weighted(
        &self,
        scores: Tensor<2>,
        gains: Tensor<2>,
        weights: Option<Tensor<2>>,
        list_mask: Tensor<2>,
    ) -> Tensor<1> {
        let device = scores.device();
        let [batch, list] = scores.dims();
        let masked = scores.clone().detach() + (list_mask.clone() - 1.0) * 1e4;
        // Rank of every item under the current scores: argsort of argsort.
        let order = masked.argsort_descending(1);
        let ranks = order.argsort(1).float(); // [batch, list], 0-based
        let discount = (ranks + 2.0).log().recip();
        let ideal_gains = (gains.clone() * list_mask.clone()).sort_descending(1);
        let positions = Tensor::<1, Int>::arange(0..list as i64, &device).float().unsqueeze::<2>();
        let ideal = (ideal_gains * (positions + 2.0).log().recip()).sum_dim(1).clamp_min(1e-6); // [batch, 1]

        let pair = |x: Tensor<2>| x.clone().unsqueeze_dim::<3>(2) - x.unsqueeze_dim::<3>(1); // [batch, list, list]
        let gain_gap = pair(gains);
        let better = gain_gap.clone().greater_elem(0.0).float();
        let real = list_mask.clone().unsqueeze_dim::<3>(2) * list_mask.unsqueeze_dim::<3>(1);
        let mut weight = (gain_gap * pair(discount)).abs() * better * real / ideal.unsqueeze_dim::<3>(2);
        if let Some(weights) = weights {
            weight = weight * weights.unsqueeze_dim::<3>(2);
        }
        let loss = softplus(-pair(scores), 1.0) * weight.detach();
        loss.sum_dim(2).sum_dim(1).sum() / batch as f32
    }
}
