//! LambdaRank as a loss (Burges 2010, section 4; Wang et al. 2018, eq. 12): the logistic loss of every pair with different
//! gains, weighted by how much swapping the two would change the NDCG.

use burn::tensor::{Int, Tensor, activation::softplus};

/// Pairwise logistic loss weighted by |ΔNDCG|.
#[derive(Clone, Copy, Debug, Default)]
pub struct LambdaRankLoss;

impl LambdaRankLoss {
    /// # Shapes
    /// - `scores`, `gains` (≥ 0), `list_mask` `[batch, list]`; output `[1]`
    ///
    /// Lists whose gains are all equal count 0.
    pub fn forward(&self, scores: Tensor<2>, gains: Tensor<2>, list_mask: Tensor<2>) -> Tensor<1> {
        self.weighted(scores, gains, None, list_mask)
    }

    /// As [`LambdaRankLoss::forward`], each pair times the weight of its better item (`[batch, list]`, ≥ 0): with inverse propensities of
    /// clicks the pairs that a click wins count for those who did not look (Wang et al. 2018, "Position bias estimation", section 4).
    pub fn weighted(
        &self,
        scores: Tensor<2>,
        gains: Tensor<2>,
        weights: Option<Tensor<2>>,
        list_mask: Tensor<2>,
    ) -> Tensor<1> {
        let device = scores.device();
        let [batch, list] = scores.dims();
        let hidden = scores.clone().detach() + (list_mask.clone() - 1.0) * 1e4;
        // Position of every item under the present scores: argsort of argsort.
        let order = hidden.argsort_descending(1);
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
