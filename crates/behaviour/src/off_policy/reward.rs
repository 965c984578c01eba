//! Reward models of (context, action).

use windowshop_features::hash::combine;

use super::rounds::RoundLog;

/// Expected rewards, for the direct method and the doubly robust estimator.
pub trait RewardModel: Sync {
    /// Expected reward of `action` in `context`, by a model that was not fitted to `unit`.
    fn expected(&self, unit: u64, context: u32, action: u32) -> f64;
}

/// Folds of the cross-fitting.
const FOLDS: usize = 2;

/// Mean rewards of (context, action), shrunk towards the mean of the action, which is shrunk towards the overall mean. Cross-fitted over units
/// (Chernozhukov et al. 2018): a unit is predicted by the fold that does not contain it.
#[derive(Clone, Debug)]
pub struct CrossFittedMeans {
    actions: usize,
    /// `[folds][contexts * actions]`
    means: Vec<Vec<f64>>,
}

fn fold(unit: u64) -> usize {
    (combine(unit, 0x666f_6c64) >> 32) as usize % FOLDS
}

impl CrossFittedMeans {
    /// `strength` (at least 0, for example 20) is the number of pseudo-rounds of each mean.
    pub fn fit(log: &RoundLog, strength: f64) -> Self {
        let (contexts, actions) = (log.contexts() as usize, log.actions() as usize);
        let without = |left_out: usize| {
            let seen = || log.rounds().iter().filter(|round| fold(round.unit) != left_out);
            let mean = |sum: f64, n: f64, prior: f64| {
                if n + strength > 0.0 { (sum + strength * prior) / (n + strength) } else { prior }
            };
            let (sum, n) = seen().fold((0.0, 0.0), |(sum, n), round| (sum + round.reward, n + 1.0));
            let all = if n > 0.0 { sum / n } else { 0.0 };
            let (mut by_action, mut by_both) = (vec![(0.0, 0.0); actions], vec![(0.0, 0.0); contexts * actions]);
            for round in seen() {
                let both = round.context as usize * actions + round.action as usize;
                for cell in [&mut by_action[round.action as usize], &mut by_both[both]] {
                    *cell = (cell.0 + round.reward, cell.1 + 1.0);
                }
            }
            let by_action: Vec<f64> = by_action.iter().map(|&(sum, n)| mean(sum, n, all)).collect();
            by_both.iter().enumerate().map(|(i, &(sum, n))| mean(sum, n, by_action[i % actions])).collect()
        };
        Self { actions, means: (0..FOLDS).map(without).collect() }
    }
}

impl RewardModel for CrossFittedMeans {
    /// 0 for an action that was not logged.
    fn expected(&self, unit: u64, context: u32, action: u32) -> f64 {
        let inside = (action as usize) < self.actions;
        let cell = context as usize * self.actions + action as usize;
        if inside { self.means[fold(unit)].get(cell).copied().unwrap_or(0.0) } else { 0.0 }
    }
}
