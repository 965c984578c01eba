//! Model selection for click models by held-out perplexity.

use std::collections::HashMap;

use super::dispatch::AnySettings;
use super::evaluation::evaluate;
use super::list::Impression;
use super::log::ClickLog;
use crate::error::BehaviourError;

/// Result of a selection.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Index of the best candidate.
    pub best: usize,
    /// Held-out perplexity of each candidate. `[candidates]`
    pub perplexities: Vec<f64>,
}

/// Splits a log in the order of time by query: earlier impressions, and the latest `share` of each query, of which at most `most` are kept so that
/// no query dominates. Queries with too few impressions are not split.
pub fn hold_out(impressions: &[Impression], share: f64, most: usize) -> (Vec<Impression>, Vec<Impression>) {
    let mut by_query: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, impression) in impressions.iter().enumerate() {
        by_query.entry(impression.list().query()).or_default().push(i);
    }
    let mut later = vec![false; impressions.len()];
    let mut kept = vec![false; impressions.len()];
    for of_query in by_query.values() {
        let held_out = (of_query.len() as f64 * share) as usize;
        let held_out = &of_query[of_query.len() - held_out..];
        held_out.iter().for_each(|&i| later[i] = true);
        held_out.iter().take(most).for_each(|&i| kept[i] = true);
    }
    let part = |wanted: &dyn Fn(usize) -> bool| -> Vec<Impression> {
        impressions.iter().enumerate().filter(|(i, _)| wanted(*i)).map(|(_, impression)| impression.clone()).collect()
    };
    (part(&|i| !later[i]), part(&|i| kept[i]))
}

/// Fits every candidate on the earlier part for each of `shares` (see [`hold_out`]) and compares the mean perplexity on the later parts. Large
/// shares test models on little data. Fit the best on the whole log afterwards.
///
/// # Errors
/// If nothing can be held out or a candidate cannot be fitted.
pub fn select(
    candidates: &[AnySettings],
    impressions: &[Impression],
    shares: &[f64],
    most: usize,
) -> Result<Choice, BehaviourError> {
    let mut perplexities = vec![0.0; candidates.len()];
    for &share in shares {
        let (earlier, later) = hold_out(impressions, share, most);
        if later.is_empty() {
            let expected = (1.0 / share).ceil() as usize;
            return Err(BehaviourError::TooFew { impressions: impressions.len(), expected });
        }
        let log = ClickLog::new(&earlier)?;
        for (perplexity, candidate) in perplexities.iter_mut().zip(candidates) {
            *perplexity += evaluate(&candidate.fit(&log)?.model, &later, 0)?.perplexity.value / shares.len() as f64;
        }
    }
    let best = (0..candidates.len()).min_by(|&a, &b| perplexities[a].total_cmp(&perplexities[b])).unwrap_or_default();
    Ok(Choice { best, perplexities })
}
