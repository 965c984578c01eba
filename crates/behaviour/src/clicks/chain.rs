//! Models of a visitor who examines a list from the top and stops: the cascade model (Craswell et al. 2008) and the dynamic Bayesian network
//! (Chapelle & Zhang 2009). `chain_fit` fits them.

use serde::{Deserialize, Serialize};

use super::list::List;
use super::model::{ClickModel, Reader};
use super::pair_table::PairTable;
use super::propensities::Propensities;

/// The model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainKind {
    /// Examines until the first click; a second click is impossible.
    Cascade,
    /// Examines until satisfied or stopping; fitted by EM.
    SimplifiedDbn,
    /// Reads until satisfied or tired; by EM.
    Dbn,
}

/// A visitor examines the first item; clicks if it attracts; is satisfied by a click or not; if not, continues to the next item with probability
/// `continuation`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chain {
    /// The model.
    pub kind: ChainKind,
    /// P(attracts) of each item.
    pub attractiveness: PairTable,
    /// P(satisfies | clicked) of each item. `None`: 1.
    pub satisfaction: Option<PairTable>,
    /// Continuation probability.
    pub continuation: f64,
    /// Positions per row.
    pub columns: u32,
    /// Mean examination probability of each rank over the lists of the fit. `[ranks]`
    pub examined: Vec<f64>,
}

impl Chain {
    /// Examination probability of each item, given no click. `[items]`
    pub(super) fn examined<S: AsRef<str>>(&self, query: &str, items: &[S]) -> Vec<f64> {
        let attracts = self.attractiveness.rates(query, items);
        let satisfies = self.satisfies(query, items);
        let mut examined = 1.0;
        attracts
            .iter()
            .zip(&satisfies)
            .map(|(attracts, satisfies)| {
                let here = examined;
                examined *= self.continuation * (1.0 - attracts * satisfies);
                here
            })
            .collect()
    }

    fn satisfies<S: AsRef<str>>(&self, query: &str, items: &[S]) -> Vec<f64> {
        self.satisfaction.as_ref().map_or_else(|| vec![1.0; items.len()], |rates| rates.rates(query, items))
    }
}

impl ClickModel for Chain {
    fn marginal(&self, list: &List) -> Vec<f64> {
        let attracts = self.attractiveness.rates(list.query(), list.items());
        self.examined(list.query(), list.items())
            .iter()
            .zip(&attracts)
            .map(|(examined, rate)| examined * rate)
            .collect()
    }

    fn reader<'a>(&'a self, list: &'a List) -> Box<dyn Reader + 'a> {
        Box::new(ChainReader {
            attracts: self.attractiveness.rates(list.query(), list.items()),
            satisfies: self.satisfies(list.query(), list.items()),
            continuation: self.continuation,
            next: 0,
            examined: 1.0,
        })
    }

    fn attractiveness(&self, query: &str, item: &str) -> Option<f64> {
        Some(self.attractiveness.rate(query, item))
    }

    fn propensities(&self) -> Option<Propensities> {
        Some(Propensities::new(self.columns, &self.examined))
    }
}

struct ChainReader {
    attracts: Vec<f64>,
    satisfies: Vec<f64>,
    continuation: f64,
    next: usize,
    /// Examination probability of the next item, given the clicks so far.
    examined: f64,
}

impl Reader for ChainReader {
    fn probability(&self) -> f64 {
        self.examined * self.attracts[self.next]
    }

    fn observe(&mut self, clicked: bool) {
        let attracts = self.attracts[self.next];
        let continues = match clicked {
            true => 1.0 - self.satisfies[self.next],
            false => self.examined * (1.0 - attracts) / (1.0 - self.examined * attracts),
        };
        self.examined = continues * self.continuation;
        self.next += 1;
    }
}
