//! A policy to evaluate.

use crate::error::BehaviourError;

/// Action probabilities of every context.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    actions: u32,
    /// `[contexts * actions]`
    probabilities: Vec<f64>,
}

impl Policy {
    /// Creates a policy from the probabilities of `actions` (at least 1) actions, context by context.
    ///
    /// # Errors
    /// If the probabilities of a context are outside [0, 1] or do not sum to 1.
    pub fn new(actions: u32, probabilities: Vec<f64>) -> Result<Self, BehaviourError> {
        for (context, of_context) in probabilities.chunks(actions as usize).enumerate() {
            let sum: f64 = of_context.iter().sum();
            let is_distribution = of_context.len() == actions as usize && (sum - 1.0).abs() <= 1e-6;
            if !is_distribution || of_context.iter().any(|p| !(0.0..=1.0).contains(p)) {
                return Err(BehaviourError::Policy { context, sum, found: of_context.len(), actions });
            }
        }
        Ok(Self { actions, probabilities })
    }

    /// The uniform policy.
    pub fn uniform(contexts: u32, actions: u32) -> Self {
        Self { actions, probabilities: vec![1.0 / f64::from(actions); (contexts * actions) as usize] }
    }

    /// Number of contexts.
    pub fn contexts(&self) -> u32 {
        self.probabilities.len() as u32 / self.actions
    }

    /// Number of actions.
    pub fn actions(&self) -> u32 {
        self.actions
    }

    /// Action probabilities of a context. `[actions]`
    pub fn of(&self, context: u32) -> &[f64] {
        let start = (context * self.actions) as usize;
        &self.probabilities[start..start + self.actions as usize]
    }
}
