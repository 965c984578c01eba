//! Expectation maximisation (Dempster et al. 1977): rounds that never lower the penalised likelihood, until they stop raising it.

use serde::{Deserialize, Serialize};

use crate::error::{BehaviourError, positive};

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmSettings {
    /// At most so many rounds. PyClick stops after 5, before examination has settled.
    pub iterations: u32,
    /// Stops when a round raises the log-likelihood by less than this many nats an impression.
    pub tolerance: f64,
}

impl Default for EmSettings {
    fn default() -> Self {
        Self { iterations: 300, tolerance: 1e-7 }
    }
}

/// Repeats `round`, which returns the objective before what it changed. Returns the objectives; they never fall.
pub(super) fn climb(
    settings: EmSettings,
    impressions: usize,
    mut round: impl FnMut() -> f64,
) -> Result<Vec<f64>, BehaviourError> {
    positive("em.iterations", settings.iterations.into())?;
    positive("em.tolerance", settings.tolerance)?;
    let mut trace: Vec<f64> = Vec::new();
    for _ in 0..settings.iterations {
        let objective = round();
        let settled = trace.last().is_some_and(|last| objective - last < settings.tolerance * impressions as f64);
        trace.push(objective);
        if settled {
            break;
        }
    }
    Ok(trace)
}
