//! Rounds of a logging policy.

use crate::error::BehaviourError;

/// One action in one context.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Round {
    /// Context: a slot, a visitor segment, or both.
    pub context: u32,
    /// The action taken.
    pub action: u32,
    /// The reward; finite.
    pub reward: f64,
    /// Probability of the action under the logging policy, in (0, 1].
    pub propensity: f64,
    /// Rounds of one unit (a list, a visitor) are resampled together.
    pub unit: u64,
}

impl Round {
    /// Checks the round; `number` identifies it in the error.
    pub(super) fn check(&self, number: usize) -> Result<(), BehaviourError> {
        if !(self.propensity > 0.0 && self.propensity <= 1.0) {
            return Err(BehaviourError::Propensity { round: number, found: self.propensity });
        }
        match self.reward.is_finite() {
            true => Ok(()),
            false => Err(BehaviourError::Reward { round: number, found: self.reward }),
        }
    }
}

/// A log of at least one round.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundLog {
    rounds: Vec<Round>,
    contexts: u32,
    actions: u32,
}

impl RoundLog {
    /// # Errors
    /// If there are no rounds, or one has an invalid reward or propensity.
    pub fn new(rounds: Vec<Round>) -> Result<Self, BehaviourError> {
        if rounds.is_empty() {
            return Err(BehaviourError::EmptyRounds);
        }
        for (number, round) in rounds.iter().enumerate() {
            round.check(number)?;
        }
        let contexts = rounds.iter().map(|round| round.context + 1).max().unwrap_or(0);
        let actions = rounds.iter().map(|round| round.action + 1).max().unwrap_or(0);
        Ok(Self { rounds, contexts, actions })
    }

    /// The rounds, in the order of the log.
    pub fn rounds(&self) -> &[Round] {
        &self.rounds
    }

    /// One more than the largest context.
    pub fn contexts(&self) -> u32 {
        self.contexts
    }

    /// One more than the largest action.
    pub fn actions(&self) -> u32 {
        self.actions
    }
}
