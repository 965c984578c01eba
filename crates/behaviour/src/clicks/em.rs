//! Expectation maximisation (Dempster et al. 1977): iterations that never lower the penalised likelihood.

use serde::{Deserialize, Serialize};

use crate::error::{BehaviourError, positive};

/// Stopping rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmSettings {
    /// Maximum number of iterations. PyClick runs 5, too few for examination to converge.
    pub iterations: u32,
    /// Stops when an iteration raises the log-likelihood by less than this many nats per impression.
    pub tolerance: f64,
}

impl Default for EmSettings {
    fn default() -> Self {
        Self { iterations: 300, tolerance: 1e-7 }
    }
}

/// Repeats `iterate`, which updates the parameters and returns the objective before the update. Returns the non-decreasing objectives.
pub(super) fn maximise(
    settings: EmSettings,
    impressions: usize,
    mut iterate: impl FnMut() -> f64,
) -> Result<Vec<f64>, BehaviourError> {
    positive("em.iterations", settings.iterations.into())?;
    positive("em.tolerance", settings.tolerance)?;
    let mut trace: Vec<f64> = Vec::new();
    for _ in 0..settings.iterations {
        let objective = iterate();
        let converged = trace.last().is_some_and(|last| objective - last < settings.tolerance * impressions as f64);
        trace.push(objective);
        if converged {
            break;
        }
    }
    Ok(trace)
}
