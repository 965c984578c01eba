//! The structure of visits: the number of picks outside lists before each list and after the last.

use std::collections::BTreeMap;

use windowshop_metrics::random::{Categorical, Stream};

use super::shop_log::{ShopLog, Visit};

/// Numbers of picks and how frequency they occurred.
type Counts = BTreeMap<usize, f64>;

/// Empirical distribution of visit structures.
#[derive(Clone, Debug)]
pub(super) struct VisitStructures {
    /// Picks before each list, one entry per list; empty for a visit without lists.
    before_lists: Vec<Vec<usize>>,
    distribution: Categorical,
    /// Picks after the last list (all picks of a visit without lists), by opening and by whether a list was clicked.
    after_lists: Vec<[Option<PickCounts>; 2]>,
    /// The same over all openings with lists.
    any: [Option<PickCounts>; 2],
}

#[derive(Clone, Debug)]
struct PickCounts {
    picks: Vec<usize>,
    distribution: Categorical,
}

impl PickCounts {
    fn of(counts: &Counts) -> Option<Self> {
        Some(Self {
            picks: counts.keys().copied().collect(),
            distribution: Categorical::new(counts.values().copied())?,
        })
    }
}

impl VisitStructures {
    pub fn of(log: &ShopLog) -> Self {
        let mut counts: BTreeMap<Vec<usize>, [Counts; 2]> = BTreeMap::new();
        let mut any = [Counts::new(), Counts::new()];
        for visit in log.visits() {
            let (opening, picks_after) = structure(log, visit);
            let clicked = usize::from(visit.lists.iter().any(|shown| shown.impression.clicked().contains(&true)));
            if !opening.is_empty() {
                *any[clicked].entry(picks_after).or_default() += 1.0;
            }
            *counts.entry(opening).or_default()[clicked].entry(picks_after).or_default() += 1.0;
        }
        let frequency = |of: &[Counts; 2]| of.iter().flat_map(Counts::values).sum::<f64>();
        Self {
            distribution: Categorical::new(counts.values().map(frequency)).expect("a log has a visit"),
            after_lists: counts.values().map(|of| of.each_ref().map(PickCounts::of)).collect(),
            before_lists: counts.into_keys().collect(),
            any: any.each_ref().map(PickCounts::of),
        }
    }

    /// Samples an opening.
    pub fn sample_opening(&self, stream: &mut Stream) -> usize {
        self.distribution.sample(stream)
    }

    /// Picks before each list of an opening.
    pub fn opening(&self, number: usize) -> &[usize] {
        &self.before_lists[number]
    }

    /// Samples the picks after the last list, given the opening and whether a list was clicked.
    pub fn sample_picks_after(&self, number: usize, clicked: bool, stream: &mut Stream) -> usize {
        let [own, all] =
            [&self.after_lists[number], &self.any].map(|after_lists| after_lists[usize::from(clicked)].as_ref());
        own.or(all).map_or(0, |picks_after| picks_after.picks[picks_after.distribution.sample(stream)])
    }
}

/// Picks outside lists before each list of a visit, and after the last.
fn structure(log: &ShopLog, visit: &Visit) -> (Vec<usize>, usize) {
    let outside = || {
        visit
            .interactions
            .iter()
            .filter(|interaction| interaction.kind == log.pick_kind() && interaction.list.is_none())
    };
    let before = |time_ms: i64| outside().filter(|interaction| interaction.time_ms < time_ms).count();
    let cumulative: Vec<usize> = visit.lists.iter().map(|shown| before(shown.time_ms)).collect();
    let opening = (0..cumulative.len()).map(|i| cumulative[i] - if i > 0 { cumulative[i - 1] } else { 0 }).collect();
    (opening, outside().count() - cumulative.last().copied().unwrap_or(0))
}
