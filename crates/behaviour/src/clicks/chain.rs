//! Models of a visitor who reads a list from the top and stops: the cascade model (Craswell et al. 2008) and the dynamic Bayesian
//! network (Chapelle & Zhang 2009). [`chain_fit`](super::chain_fit) fits them.

use serde::{Deserialize, Serialize};

use super::list::List;
use super::model::{ClickModel, Reader};
use super::pair_table::PairTable;
use super::propensities::Propensities;

/// Which of the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainKind {
    /// Reads until the first click. A second click is impossible.
    Cascade,
    /// Reads until satisfied by what was clicked; all down to the last click was read, nothing below it. Counted.
    SimplifiedDbn,
    /// Reads until satisfied or tired; by EM.
    Dbn,
}

/// A visitor examines the first item; clicks what attracts; is satisfied by what was clicked or not; if not, goes on to the next
/// item with probability `continuation`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chain {
    /// Which of the models.
    pub kind: ChainKind,
    /// Probability that an item attracts.
    pub attractiveness: PairTable,
    /// Probability that a clicked item satisfies. `None`: every one does.
    pub satisfaction: Option<PairTable>,
    /// Probability of going on.
    pub continuation: f64,
    /// Positions a row.
    pub columns: u32,
    /// Probability that a rank is examined, over the lists it was fitted on. `[ranks]`
    pub examined: Vec<f64>,
}

impl Chain {
    /// Probability that each item is examined, with no click known. `[items]`
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
    /// Probability that the next item is examined, given the clicks so far.
    examined: f64,
}

impl Reader for ChainReader {
    fn probability(&self) -> f64 {
        self.examined * self.attracts[self.next]
    }

    fn observe(&mut self, clicked: bool) {
        let attracts = self.attracts[self.next];
        let goes_on = match clicked {
            true => 1.0 - self.satisfies[self.next],
            false => self.examined * (1.0 - attracts) / (1.0 - self.examined * attracts),
        };
        self.examined = goes_on * self.continuation;
        self.next += 1;
    }
}
