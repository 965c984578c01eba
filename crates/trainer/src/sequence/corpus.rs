//! Sessions as item numbers in the order of time, and next-item queries for the evaluation.

use std::collections::HashMap;

use anyhow::bail;
use windowshop_ingest::{Dataset, History};

/// Training and validation sessions.
pub struct Corpus {
    /// Identifiers of the items by row, in the order of their first occurrence: neighbours then have close numbers, which are
    /// stored in fewer bytes.
    pub ids: Vec<String>,
    /// Items of each session, oldest first; the oldest session first.
    pub sessions: Vec<Vec<u32>>,
}

/// A session and its next item.
#[derive(Clone, Debug, PartialEq)]
pub struct NextItemQuery {
    /// The items so far, oldest first.
    pub session: Vec<u32>,
    /// The next item; `None` if no training session holds it.
    pub next: Option<u32>,
    /// The number of the visit: the bootstrap resamples visits.
    pub visit: usize,
}

impl Corpus {
    /// The histories that are not held out.
    ///
    /// # Errors
    /// If no history has two items.
    pub fn new(dataset: &Dataset) -> anyhow::Result<Self> {
        let learned = in_order(dataset, |history| !history.held_out);
        let mut rows: HashMap<u32, u32> = HashMap::new();
        let mut ids = Vec::new();
        let mut sessions = Vec::with_capacity(learned.len());
        for history in learned {
            let row = |item: u32| {
                *rows.entry(item).or_insert_with(|| {
                    ids.push(dataset.items[item as usize].id.clone());
                    ids.len() as u32 - 1
                })
            };
            sessions.push(history.items.iter().copied().chain(history.target).map(row).collect());
        }
        let corpus = Self { ids, sessions };
        if corpus.steps(0..corpus.sessions.len()).is_empty() {
            bail!(
                "{} histories, none of two items or more: the sequence network learns the next item; name [histories] in store.toml",
                corpus.sessions.len()
            );
        }
        Ok(corpus)
    }

    /// The first session of the validation split, which holds the latest sessions.
    pub fn cut(&self, validation_share: f64) -> usize {
        let validation = (self.sessions.len() as f64 * validation_share).ceil() as usize;
        self.sessions.len() - validation.min(self.sessions.len())
    }

    /// Every step of some sessions: the number of the session, and the number of items before the next one.
    pub fn steps(&self, sessions: std::ops::Range<usize>) -> Vec<(u32, u32)> {
        let steps = |s: usize| (1..self.sessions[s].len()).map(move |end| (s as u32, end as u32));
        sessions.flat_map(steps).collect()
    }

    /// The items before a step, and the next item.
    pub fn step(&self, (session, end): (u32, u32)) -> (&[u32], u32) {
        let items = &self.sessions[session as usize];
        (&items[..end as usize], items[end as usize])
    }

    /// Steps as queries.
    pub fn queries(&self, steps: &[(u32, u32)]) -> Vec<NextItemQuery> {
        let query = |&(session, end): &(u32, u32)| {
            let (items, next) = self.step((session, end));
            NextItemQuery { session: items.to_vec(), next: Some(next), visit: session as usize }
        };
        steps.iter().map(query).collect()
    }
}

/// Next-item queries of a dataset for a network with the items `ids`: the held-out histories, or all histories with a target if
/// none is held out.
pub fn held_out_queries(dataset: &Dataset, ids: &[String]) -> Vec<NextItemQuery> {
    let rows: HashMap<&str, u32> = ids.iter().zip(0..).map(|(id, row)| (id.as_str(), row)).collect();
    let row = |item: u32| rows.get(dataset.items[item as usize].id.as_str()).copied();
    let has_held_out = dataset.histories.iter().any(|history| history.held_out);
    let mut queries = Vec::new();
    let mut visit = 0;
    let mut later: Option<&History> = None;
    for history in in_order(dataset, |history| history.held_out == has_held_out && history.target.is_some()) {
        // Every step of a visit is a history of its own, the longest first.
        let shorter = |later: &History| {
            later.items.split_last().is_some_and(|(last, rest)| rest == history.items && Some(*last) == history.target)
        };
        visit += usize::from(!later.is_some_and(shorter));
        queries.push(NextItemQuery {
            session: history.items.iter().filter_map(|item| row(*item)).collect(),
            next: history.target.and_then(row),
            visit,
        });
        later = Some(history);
    }
    queries
}

fn in_order(dataset: &Dataset, wanted: impl Fn(&History) -> bool) -> Vec<&History> {
    let mut found: Vec<&History> = dataset.histories.iter().filter(|history| wanted(history)).collect();
    found.sort_by(|a, b| (a.order, &a.user).cmp(&(b.order, &b.user)));
    found
}
