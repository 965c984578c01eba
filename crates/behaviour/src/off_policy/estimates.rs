//! The estimates and how far they are to be trusted.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::policy::Policy;
use super::reward::RewardModel;
use super::rounds::{Round, RoundLog};
use crate::error::{BehaviourError, positive};
use windowshop_metrics::bootstrap::{self, Estimate};

/// What can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OffPolicySettings {
    /// Weights above this are cut to it: less noise, and too little for actions that the log has seldom. `None`: none is cut.
    pub clip: Option<f64>,
    /// Seed of the intervals.
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
    /// Rounds.
    pub n: usize,
    /// Of the logging policy: the mean reward of the log.
    pub logged: Estimate,
    /// Direct method; its interval leaves out that the model may be wrong.
    pub direct: Estimate,
    /// Inverse propensity scoring.
    pub ips: Estimate,
    /// Self-normalised inverse propensity scoring.
    pub snips: Estimate,
    /// Doubly robust.
    pub doubly_robust: Estimate,
    /// Mean weight before clipping. Where 1 is outside its interval, propensities are not what the log was drawn with, or the policy
    /// does what the log never did.
    pub mean_weight: Estimate,
    /// Rounds drawn by the policy itself that would be as noisy (Kish 1965): (Σw)² / Σw².
    pub effective_sample_size: f64,
    /// Share of rounds whose weight was cut.
    pub clipped: f64,
    /// Share of the policy's choices that the log never made in their context: what inverse propensities cannot know of.
    pub unsupported: f64,
}

/// Sums over a unit's rounds.
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

/// What `policy` would have earned in the rounds of `log`.
///
/// # Errors
/// When the policy lacks a context or an action of the log, or never does what the log did.
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
    let (mut sum, mut squares, mut cut) = (0.0, 0.0, 0usize);
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
        cut += usize::from(weight > clip);
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
        clipped: cut as f64 / n as f64,
        unsupported: unsupported(log, policy),
    })
}

fn unsupported(log: &RoundLog, policy: &Policy) -> f64 {
    let actions = policy.actions() as usize;
    let mut done = vec![false; log.contexts() as usize * actions];
    for round in log.rounds() {
        done[round.context as usize * actions + round.action as usize] = true;
    }
    let never = |context: usize| -> f64 {
        let probabilities = policy.of(context as u32).iter().enumerate();
        probabilities.filter(|(action, _)| !done[context * actions + action]).fold(0.0, |sum, (_, p)| sum + p)
    };
    let never: Vec<f64> = (0..log.contexts() as usize).map(never).collect();
    log.rounds().iter().map(|round| never[round.context as usize]).sum::<f64>() / log.rounds().len() as f64
}
