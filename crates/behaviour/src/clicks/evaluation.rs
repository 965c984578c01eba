//! Evaluation of click models on held-out impressions.

use rayon::prelude::*;
use serde::Serialize;
use windowshop_metrics::bootstrap::{self, Estimate};

use super::list::Impression;
use super::model::ClickModel;
use crate::error::BehaviourError;

/// Probabilities are clamped this far from 0 and 1, as in PyClick.
const CLAMP: f64 = 1e-6;

/// Metrics on held-out impressions. Perplexity is 1 for a model that is certain and right and 2 for a coin toss; lower is better. Ranks
/// count from 1; intervals are over impressions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Number of impressions.
    pub n: usize,
    /// Perplexity of clicks given no other click, averaged over ranks (Dupret & Piwowarski 2008; PyClick's `Perplexity`).
    pub perplexity: Estimate,
    /// Perplexity by rank. `[ranks]`
    pub perplexity_at: Vec<f64>,
    /// Perplexity over all ranks together; at most `perplexity`.
    pub pooled_perplexity: Estimate,
    /// As `perplexity`, given the clicks above (PyClick's `PerplexityCond`).
    pub conditional_perplexity: Estimate,
    /// Log-likelihood in nats, averaged over the ranks of a list, then over lists (PyClick's `LogLikelihood`). At most 0; higher is better.
    /// Unlike in PyClick, the cascade model is not penalised for unclicked items below the first click.
    pub log_likelihood: f64,
}

/// Evaluates `model`; `seed` is that of the bootstrap.
///
/// # Errors
/// If there are no impressions.
pub fn evaluate(model: &dyn ClickModel, impressions: &[Impression], seed: u64) -> Result<Evaluation, BehaviourError> {
    if impressions.is_empty() {
        return Err(BehaviourError::EmptyLog);
    }
    // Surprisal in bits, marginal and given the clicks above. `[impressions][items]`
    let surprisals: Vec<[Vec<f64>; 2]> = impressions
        .par_iter()
        .map(|impression| {
            [model.marginal(impression.list()), model.conditional(impression)].map(|p| surprisal(&p, impression))
        })
        .collect();
    let ranks = surprisals.iter().map(|[marginal, _]| marginal.len()).max().unwrap_or(0);
    let at_ranks = |of: usize, counts: &[u32]| {
        let mut sums = vec![(0.0, 0.0); ranks];
        for (surprisals, &count) in surprisals.iter().zip(counts) {
            for (sum, bits) in sums.iter_mut().zip(&surprisals[of]) {
                *sum = (sum.0 + f64::from(count) * bits, sum.1 + f64::from(count));
            }
        }
        sums
    };
    let over_ranks = |sums: &[(f64, f64)]| -> Vec<f64> {
        sums.iter().filter(|sum| sum.1 > 0.0).map(|(bits, count)| (bits / count).exp2()).collect()
    };
    let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;
    let [perplexity, pooled_perplexity, conditional_perplexity] =
        bootstrap::estimates(impressions.len(), seed, |counts| {
            let marginal = at_ranks(0, counts);
            let pooled = marginal.iter().fold((0.0, 0.0), |all, sum| (all.0 + sum.0, all.1 + sum.1));
            [mean(over_ranks(&marginal)), (pooled.0 / pooled.1).exp2(), mean(over_ranks(&at_ranks(1, counts)))]
        });
    let log_likelihoods = surprisals.iter().map(|[_, conditional]| -mean(conditional.clone()) * std::f64::consts::LN_2);
    Ok(Evaluation {
        n: impressions.len(),
        perplexity,
        perplexity_at: over_ranks(&at_ranks(0, &vec![1; impressions.len()])),
        pooled_perplexity,
        conditional_perplexity,
        log_likelihood: log_likelihoods.sum::<f64>() / impressions.len() as f64,
    })
}

fn surprisal(probabilities: &[f64], impression: &Impression) -> Vec<f64> {
    let bits = |(p, &clicked): (&f64, &bool)| {
        let p = p.clamp(CLAMP, 1.0 - CLAMP);
        -if clicked { p } else { 1.0 - p }.log2()
    };
    probabilities.iter().zip(impression.clicked()).map(bits).collect()
}

#[cfg(test)]
mod tests {
    use super::super::list::List;
    use super::super::model::{Independent, Reader};
    use super::*;

    #[derive(Debug)]
    struct Fixed(Vec<f64>);

    impl ClickModel for Fixed {
        fn marginal(&self, list: &List) -> Vec<f64> {
            self.0[..list.len()].to_vec()
        }

        fn reader<'a>(&'a self, list: &'a List) -> Box<dyn Reader + 'a> {
            Box::new(Independent::new(self.marginal(list)))
        }

        fn attractiveness(&self, _: &str, _: &str) -> Option<f64> {
            None
        }

        fn propensities(&self) -> Option<super::super::propensities::Propensities> {
            None
        }
    }

    fn impression(clicked: &[bool]) -> Impression {
        let list = List::ranked("q".into(), (0..clicked.len()).map(|i| i.to_string()).collect()).unwrap();
        Impression::new(list, clicked.to_vec()).unwrap()
    }

    #[test]
    fn perplexity_is_averaged_over_ranks_and_pooled_over_all() {
        let impressions = [impression(&[true, false]), impression(&[false])];
        let evaluation = evaluate(&Fixed(vec![0.5, 0.25]), &impressions, 1).unwrap();
        assert_eq!(evaluation.perplexity_at, [2.0, 4.0 / 3.0]);
        assert!((evaluation.perplexity.value - 5.0 / 3.0).abs() < 1e-12);
        assert!((evaluation.pooled_perplexity.value - (16.0f64 / 3.0).cbrt()).abs() < 1e-12);
        assert_eq!(evaluation.conditional_perplexity.value, evaluation.perplexity.value);
        let nats = ((0.5f64.ln() + 0.75f64.ln()) / 2.0 + 0.5f64.ln()) / 2.0;
        assert!((evaluation.log_likelihood - nats).abs() < 1e-12);
    }

    #[test]
    fn a_click_of_probability_0_costs_twenty_bits() {
        let evaluation = evaluate(&Fixed(vec![0.0]), &[impression(&[true])], 1).unwrap();
        assert!((evaluation.perplexity.value - 1e6).abs() < 1e-3);
    }
}
