//! Off-policy estimators and their diagnostics.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use windowshop_metrics::bootstrap::{self, Estimate};

use super::policy::Policy;
use super::reward::RewardModel;
use super::rounds::{Round, RoundLog};
use crate::error::{BehaviourError, positive};

/// Mean rewards per round, with 95 % bootstrap intervals over units.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OffPolicySettings {
    /// Upper bound of the weights: less variance, more bias for rarely logged actions. `None`: no clipping.
    pub clip: Option<f64>,
    /// Seed of the bootstrap.
    pub seed: u64,
}

impl Default for OffPolicySettings {
    fn default() -> Self {
        Self { clip: None, seed: 1 }
    }
}

/// Rewards a round, with 95 % bootstrap intervals over units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OffPolicy {
    /// Number of rounds.
    pub n: usize,
    /// Mean reward of the log, under the logging policy.
    pub logged: Estimate,
    /// Direct method; the interval does not cover misspecification of the reward model.
    pub direct: Estimate,
    /// Inverse propensity scoring.
    pub ips: Estimate,
    /// Self-normalised inverse propensity scoring.
    pub snips: Estimate,
    /// Doubly robust.
    pub doubly_robust: Estimate,
    /// Mean weight before clipping. If its interval excludes 1, the propensities are wrong or the policy leaves the support of the log.
    pub mean_weight: Estimate,
    /// Effective sample size (Kish 1965): (Σw)² / Σw².
    pub effective_sample_size: f64,
    /// Share of rounds with a clipped weight.
    pub clipped: f64,
    /// Probability mass of the policy on actions that were never logged in their context.
    pub unsupported: f64,
}

/// Sums over the rounds of a unit.
#[derive(Clone, Copy, Default)]
struct Unit {
    rounds: f64,
    reward: f64,
    weight: f64,
    clipped_weight: f64,
    weighted: f64,
    direct: f64,
    correction: f64,
}

/// Estimates the value of `policy` from `log`.
///
/// # Errors
/// If the policy lacks a context or an action of the log, or has no overlap with it.
pub fn evaluate_policy(
    log: &RoundLog,
    policy: &Policy,
    rewards: &dyn RewardModel,
    settings: &OffPolicySettings,
) -> Result<OffPolicy, BehaviourError> {
    if let Some(clip) = settings.clip {
        positive("clip", clip)?;
    }
    if policy.contexts() < log.contexts() || policy.actions() < log.actions() {
        return Err(BehaviourError::PolicyTooSmall {
            contexts: policy.contexts(),
            actions: policy.actions(),
            log_contexts: log.contexts(),
            log_actions: log.actions(),
        });
    }
    let weight = |round: &Round| policy.of(round.context)[round.action as usize] / round.propensity;
    let clip = settings.clip.unwrap_or(f64::INFINITY);
    let mut units: Vec<Unit> = Vec::new();
    let mut index: HashMap<u64, usize> = HashMap::new();
    let (mut sum, mut squares, mut clipped_rounds) = (0.0, 0.0, 0usize);
    for round in log.rounds() {
        let weight = weight(round);
        let clipped = weight.min(clip);
        let expected = |action: u32| rewards.expected(round.unit, round.context, action);
        let choices = policy.of(round.context).iter().enumerate();
        let direct: f64 = choices.filter(|(_, p)| **p > 0.0).map(|(action, p)| p * expected(action as u32)).sum();
        let at = *index.entry(round.unit).or_insert_with(|| {
            units.push(Unit::default());
            units.len() - 1
        });
        let unit = &mut units[at];
        unit.rounds += 1.0;
        unit.reward += round.reward;
        unit.weight += weight;
        unit.clipped_weight += clipped;
        unit.weighted += clipped * round.reward;
        unit.direct += direct;
        unit.correction += clipped * (round.reward - expected(round.action));
        sum += clipped;
        squares += clipped * clipped;
        clipped_rounds += usize::from(weight > clip);
    }
    if sum <= 0.0 {
        return Err(BehaviourError::NoOverlap { rounds: log.rounds().len() });
    }
    let n = log.rounds().len();
    let [logged, direct, ips, snips, doubly_robust, mean_weight] =
        bootstrap::estimates(units.len(), settings.seed, |counts| {
            let of = |value: fn(&Unit) -> f64| -> f64 {
                units.iter().zip(counts).map(|(unit, &count)| f64::from(count) * value(unit)).sum()
            };
            let (rounds, direct) = (of(|u| u.rounds), of(|u| u.direct));
            let weighted = of(|u| u.weighted);
            [
                of(|u| u.reward) / rounds,
                direct / rounds,
                weighted / rounds,
                weighted / of(|u| u.clipped_weight),
                (direct + of(|u| u.correction)) / rounds,
                of(|u| u.weight) / rounds,
            ]
        });
    Ok(OffPolicy {
        n,
        logged,
        direct,
        ips,
        snips,
        doubly_robust,
        mean_weight,
        effective_sample_size: sum * sum / squares,
        clipped: clipped_rounds as f64 / n as f64,
        unsupported: unsupported(log, policy),
    })
}

fn unsupported(log: &RoundLog, policy: &Policy) -> f64 {
    let actions = policy.actions() as usize;
    let mut logged = vec![false; log.contexts() as usize * actions];
    for round in log.rounds() {
        logged[round.context as usize * actions + round.action as usize] = true;
    }
    let never = |context: usize| -> f64 {
        let probabilities = policy.of(context as u32).iter().enumerate();
        probabilities.filter(|(action, _)| !logged[context * actions + action]).fold(0.0, |sum, (_, p)| sum + p)
    };
    let never: Vec<f64> = (0..log.contexts() as usize).map(never).collect();
    log.rounds().iter().map(|round| never[round.context as usize]).sum::<f64>() / log.rounds().len() as f64
}
