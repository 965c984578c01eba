//! What every click model can do.

use std::fmt::Debug;

use super::list::{Impression, List};
use super::log::ClickLog;
use super::propensities::Propensities;
use crate::error::BehaviourError;
use windowshop_metrics::random;

/// A fitted click model.
pub trait ClickModel: Debug + Send + Sync {
    /// Probability that each item is clicked, with no click known. `[items]`
    fn marginal(&self, list: &List) -> Vec<f64>;

    /// Reads `list` item by item, told after each whether it was clicked.
    fn reader<'a>(&'a self, list: &'a List) -> Box<dyn Reader + 'a>;

    /// Probability that an item is clicked by one who examines it, in [0, 1]. `None` where the model has no such thing.
    fn attractiveness(&self, query: &str, item: &str) -> Option<f64>;

    /// How likely each position is examined. `None` where the model does not tell examination from attraction.
    fn propensities(&self) -> Option<Propensities>;

    /// Probability that each item is clicked, given what was clicked above it. `[items]`
    fn conditional(&self, impression: &Impression) -> Vec<f64> {
        let mut reader = self.reader(impression.list());
        let read = |&clicked: &bool| {
            let probability = reader.probability();
            reader.observe(clicked);
            probability
        };
        impression.clicked().iter().map(read).collect()
    }

    /// What one visitor clicks. The same for the same `key`. `[items]`
    fn sample(&self, list: &List, key: u64) -> Vec<bool> {
        let mut reader = self.reader(list);
        let read = |item: usize| {
            let clicked = random::uniform(key, item as u64) < reader.probability();
            reader.observe(clicked);
            clicked
        };
        (0..list.len()).map(read).collect()
    }
}

/// A visitor on the way down a list.
pub trait Reader {
    /// Probability that the next item is clicked, given what was observed. Not to be called after the last item.
    fn probability(&self) -> f64;

    /// Goes on to the item after the next, which was clicked or not.
    fn observe(&mut self, clicked: bool);
}

/// A model that is learnt from a log.
pub trait Fit: ClickModel + Sized {
    /// What can be chosen.
    type Settings;

    /// Fits the model.
    ///
    /// # Errors
    /// When a setting is out of range or the log is beyond what the model can take.
    fn fit(log: &ClickLog, settings: &Self::Settings) -> Result<Fitted<Self>, BehaviourError>;
}

/// A model and how it was come by.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted<M> {
    /// The model.
    pub model: M,
    /// Penalised log-likelihood before each round of EM, in nats, less a constant; never falls. Empty where the model is counted.
    pub trace: Vec<f64>,
}

/// Reads items whose clicks say nothing of each other.
pub(super) struct Independent {
    probabilities: Vec<f64>,
    next: usize,
}

impl Independent {
    pub fn new(probabilities: Vec<f64>) -> Self {
        Self { probabilities, next: 0 }
    }
}

impl Reader for Independent {
    fn probability(&self) -> f64 {
        self.probabilities[self.next]
    }

    fn observe(&mut self, _: bool) {
        self.next += 1;
    }
}
