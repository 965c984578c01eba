//! What an action earns in a context, as far as a log shows.

use windowshop_features::hash::combine;

use super::rounds::RoundLog;

/// Expected rewards, for the direct method and the doubly robust estimate.
pub trait RewardModel: Sync {
    /// What `action` is expected to earn in `context`, in the eyes of a model that has not seen `unit`.
    fn expected(&self, unit: u64, context: u32, action: u32) -> f64;
}

/// Parts of a log that do not judge themselves.
const FOLDS: usize = 2;

/// Mean rewards of (context, action), which lean on the action's, which lean on the mean of all. Fitted on halves of the units: each
/// unit is judged by the half that it is not in (cross-fitting, Chernozhukov et al. 2018), so that its reward is not counted twice.
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
    /// `strength` rounds (at least 0, for example 20) are believed in advance of each mean.
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
    /// An action that the log does not have is expected to earn nothing.
    fn expected(&self, unit: u64, context: u32, action: u32) -> f64 {
        let inside = (action as usize) < self.actions;
        let cell = context as usize * self.actions + action as usize;
        if inside { self.means[fold(unit)].get(cell).copied().unwrap_or(0.0) } else { 0.0 }
    }
}
