//! Sessions as item numbers in the order of time, and the queries that a network is ranks on: what came next?

use std::collections::HashMap;

use anyhow::bail;
use windowshop_ingest::{Dataset, History};

/// The sessions that are learned from.
pub struct Corpus {
    /// Identifiers of the items that occur, by row: in the order in which they first occur, so that items of one time are
    /// near one another and the gaps between neighbours' numbers small.
    pub ids: Vec<String>,
    /// Items of each session, oldest first; the oldest session first.
    pub sessions: Vec<Vec<u32>>,
}

/// What came next after a session?
#[derive(Clone, Debug, PartialEq)]
pub struct NextItemQuery {
    /// The items that are known, oldest first.
    pub session: Vec<u32>,
    /// What came next; nothing where it is an item that was never seen before.
    pub next: Option<u32>,
    /// Questions of one visit, which the bootstrap keeps together.
    pub visit: usize,
}

impl Corpus {
    /// The histories that are not held out.
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
                "{} histories, none of two items or more: the sequence network learns what comes after what; name [histories] in store.toml",
                corpus.sessions.len()
            );
        }
        Ok(corpus)
    }

    /// The first session of the validation part, which is the latest.
    pub fn cut(&self, validation_share: f64) -> usize {
        let validation = (self.sessions.len() as f64 * validation_share).ceil() as usize;
        self.sessions.len() - validation.min(self.sessions.len())
    }

    /// Every step of some sessions: the session's number, and how many of its items come before the next.
    pub fn steps(&self, sessions: std::ops::Range<usize>) -> Vec<(u32, u32)> {
        let steps = |s: usize| (1..self.sessions[s].len()).map(move |end| (s as u32, end as u32));
        sessions.flat_map(steps).collect()
    }

    /// The items before a step, and the one that came next.
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

/// The queries of a dataset to a network that knows `ids`: the held-out histories, or every history that says what came
/// next where none is held out.
pub fn held_out_queries(dataset: &Dataset, ids: &[String]) -> Vec<NextItemQuery> {
    let rows: HashMap<&str, u32> = ids.iter().zip(0..).map(|(id, row)| (id.as_str(), row)).collect();
    let row = |item: u32| rows.get(dataset.items[item as usize].id.as_str()).copied();
    let has_held_out = dataset.histories.iter().any(|history| history.held_out);
    let mut queries = Vec::new();
    let mut visit = 0;
    let mut later: Option<&History> = None;
    for history in in_order(dataset, |history| history.held_out == has_held_out && history.target.is_some()) {
        // Every step of one visit is a row of its own, the longest first.
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
