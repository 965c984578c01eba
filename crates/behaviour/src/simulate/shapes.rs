//! How visits go: what is picked outside lists before each list, and after the last.

use std::collections::BTreeMap;

use super::shop_log::{ShopLog, Visit};
use windowshop_metrics::random::{Categorical, Stream};

/// Numbers and how often each was seen.
type Counts = BTreeMap<usize, f64>;

/// How often visits went how.
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    /// Picks before each list. The more lists, the longer; empty for a visit without one.
    openings: Vec<Vec<usize>>,
    drawn: Categorical,
    /// Picks after the last list (all of a visit without one), by opening and whether something was clicked in the lists: who found nothing looks on.
    endings: Vec<[Option<Ending>; 2]>,
    /// The same over all openings with lists.
    any: [Option<Ending>; 2],
}

#[derive(Clone, Debug)]
struct Ending {
    picks: Vec<usize>,
    drawn: Categorical,
}

impl Ending {
    fn of(counts: &Counts) -> Option<Self> {
        Some(Self { picks: counts.keys().copied().collect(), drawn: Categorical::new(counts.values().copied())? })
    }
}

impl Shapes {
    pub fn of(log: &ShopLog) -> Self {
        let mut counts: BTreeMap<Vec<usize>, [Counts; 2]> = BTreeMap::new();
        let mut any = [Counts::new(), Counts::new()];
        for visit in log.visits() {
            let (opening, ending) = shape(log, visit);
            let clicked = usize::from(visit.lists.iter().any(|shown| shown.impression.clicked().contains(&true)));
            if !opening.is_empty() {
                *any[clicked].entry(ending).or_default() += 1.0;
            }
            *counts.entry(opening).or_default()[clicked].entry(ending).or_default() += 1.0;
        }
        let often = |of: &[Counts; 2]| of.iter().flat_map(Counts::values).sum::<f64>();
        Self {
            drawn: Categorical::new(counts.values().map(often)).expect("a log has a visit"),
            endings: counts.values().map(|of| of.each_ref().map(Ending::of)).collect(),
            openings: counts.into_keys().collect(),
            any: any.each_ref().map(Ending::of),
        }
    }

    /// Number of an opening.
    pub fn open(&self, stream: &mut Stream) -> usize {
        self.drawn.sample(stream)
    }

    /// Picks before each list.
    pub fn opening(&self, number: usize) -> &[usize] {
        &self.openings[number]
    }

    /// Picks after what opened so and in whose lists something was clicked or not.
    pub fn end(&self, number: usize, clicked: bool, stream: &mut Stream) -> usize {
        let [own, all] = [&self.endings[number], &self.any].map(|endings| endings[usize::from(clicked)].as_ref());
        own.or(all).map_or(0, |ending| ending.picks[ending.drawn.sample(stream)])
    }
}

/// Picks outside lists before each list of a visit, and after the last.
fn shape(log: &ShopLog, visit: &Visit) -> (Vec<usize>, usize) {
    let outside = || visit.acts.iter().filter(|act| act.kind == log.leading() && act.list.is_none());
    let before = |time_ms: i64| outside().filter(|act| act.time_ms < time_ms).count();
    let upto: Vec<usize> = visit.lists.iter().map(|shown| before(shown.time_ms)).collect();
    let opening = (0..upto.len()).map(|i| upto[i] - if i > 0 { upto[i - 1] } else { 0 }).collect();
    (opening, outside().count() - upto.last().copied().unwrap_or(0))
}
