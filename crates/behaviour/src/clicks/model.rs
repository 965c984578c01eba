//! The interface of click models.

use std::fmt::Debug;

use windowshop_metrics::random;

use super::list::{Impression, List};
use super::log::ClickLog;
use super::propensities::Propensities;
use crate::error::BehaviourError;

/// A fitted click model.
pub trait ClickModel: Debug + Send + Sync {
    /// Probability of a click on each item, given no click. `[items]`
    fn marginal(&self, list: &List) -> Vec<f64>;

    /// Click probabilities item by item, given the clicks so far.
    fn reader<'a>(&'a self, list: &'a List) -> Box<dyn Reader + 'a>;

    /// P(click | examined). `None` for a model without it.
    fn attractiveness(&self, query: &str, item: &str) -> Option<f64>;

    /// Examination probability of each position. `None` for a model that does not separate examination from attraction.
    fn propensities(&self) -> Option<Propensities>;

    /// Probability of a click on each item, given the clicks above it. `[items]`
    fn conditional(&self, impression: &Impression) -> Vec<f64> {
        let mut reader = self.reader(impression.list());
        let read = |&clicked: &bool| {
            let probability = reader.probability();
            reader.observe(clicked);
            probability
        };
        impression.clicked().iter().map(read).collect()
    }

    /// Samples the clicks of one visitor; equal keys give equal clicks. `[items]`
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

/// A visitor examining a list from the top.
pub trait Reader {
    /// Probability of a click on the next item, given what was observed. Panics after the last item.
    fn probability(&self) -> f64;

    /// Records whether the next item was clicked, and advances.
    fn observe(&mut self, clicked: bool);
}

/// A model that is fitted to a log.
pub trait Fit: ClickModel + Sized {
    /// Settings of the fit.
    type Settings;

    /// Fits the model.
    ///
    /// # Errors
    /// If a setting is out of range or the log exceeds what the model supports.
    fn fit(log: &ClickLog, settings: &Self::Settings) -> Result<Fitted<Self>, BehaviourError>;
}

/// A fitted model and the course of its fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted<M> {
    /// The model.
    pub model: M,
    /// Penalised log-likelihood before each EM iteration, in nats, up to a constant; non-decreasing. Empty for closed-form models.
    pub trace: Vec<f64>,
}

/// Reader of a model whose clicks are independent.
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
