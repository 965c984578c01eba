//! Whether what a visitor looked at shows in what is clicked next in lists.

use std::collections::{HashMap, VecDeque};

use super::seen::Seen;
use super::shop_log::{ShopLog, Visit};
use crate::clicks::{AnyModel, ClickModel, Impression};

/// Picks that are looked back at.
pub(super) const RECENT: usize = 5;
/// Odds of clicks are multiplied by at most this power of (1 + how often an item follows).
const STRONGEST: f64 = 5.0;
/// How often the range of what the strength may be is halved.
const HALVINGS: usize = 40;

/// How often products were picked soon after others: a pick that comes d picks later counts 1 / d, up to [`RECENT`] picks later
/// (sequential rules with linear decay, Ludewig & Jannach 2018).
#[derive(Clone, Debug, Default)]
pub(super) struct Follows(HashMap<(usize, usize), Seen>);

impl Follows {
    /// Of the visitors whose number `keep` accepts.
    pub fn of(log: &ShopLog, keep: impl Fn(usize) -> bool) -> Self {
        let mut counts: HashMap<(usize, usize), Seen> = HashMap::new();
        for (visitor, visits) in log.by_visitor().enumerate().filter(|(number, _)| keep(*number)) {
            let picks: Vec<usize> = visits.iter().flat_map(|visit| log.free_picks(visit)).collect();
            for (at, &to) in picks.iter().enumerate() {
                for (back, &from) in picks[..at].iter().rev().take(RECENT).enumerate().filter(|(_, from)| **from != to)
                {
                    counts.entry((from, to)).or_default().add(visitor, 1.0 / (back + 1) as f64);
                }
            }
        }
        Self(counts)
    }

    /// What at least so many visitors did.
    pub fn of_at_least(mut self, min_visitors: usize) -> Self {
        self.0.retain(|_, seen| seen.visitors >= min_visitors);
        self
    }

    /// ln(1 + how often a product followed what was picked of late), earlier picks counting less. `recent` ends with the latest.
    pub fn affinity(&self, recent: &VecDeque<usize>, product: usize) -> f64 {
        let follows = |(back, &from): (usize, &usize)| {
            self.0.get(&(from, product)).map_or(0.0, |seen| seen.weight) / (back + 1) as f64
        };
        recent.iter().rev().enumerate().map(follows).sum::<f64>().ln_1p()
    }
}

/// Calls `with` for each list of a visitor and the visitor's last [`RECENT`] picks before it was shown, the latest last.
pub(super) fn for_each_list<'a>(
    log: &ShopLog,
    visits: &'a [Visit],
    mut with: impl FnMut(&'a Impression, &VecDeque<usize>),
) {
    let mut recent = VecDeque::new();
    for visit in visits {
        let mut picks = visit.acts.iter().filter(|act| act.kind == log.leading()).peekable();
        for shown in &visit.lists {
            while let Some(act) = picks.next_if(|act| act.time_ms < shown.time_ms) {
                note(&mut recent, act.product);
            }
            with(&shown.impression, &recent);
        }
        picks.for_each(|act| note(&mut recent, act.product));
    }
}

/// Notes the latest pick.
pub(super) fn note(recent: &mut VecDeque<usize>, product: usize) {
    if recent.len() == RECENT {
        recent.pop_front();
    }
    recent.push_back(product);
}

/// A list with clicks.
struct Clicked {
    /// Odds of a click on each item, and its affinity.
    items: Vec<(f64, f64)>,
    /// What was clicked.
    clicked: Vec<usize>,
}

/// The power β of exp(affinity) by which odds of clicks are multiplied, at least 0: the most likely one, given how many items of each list
/// were clicked, under a conditional logit (McFadden 1974) over the click model's odds. A visitor's own picks say nothing here: half the
/// visitors are judged by what the other half did.
pub(super) fn strength(log: &ShopLog, model: &AnyModel) -> f64 {
    let index = log.index();
    let halves = [Follows::of(log, |number| number % 2 == 0), Follows::of(log, |number| number % 2 == 1)];
    let mut lists: Vec<Clicked> = Vec::new();
    for (number, visits) in log.by_visitor().enumerate() {
        let follows = &halves[1 - number % 2];
        for_each_list(log, visits, |impression, recent| {
            let clicked: Vec<usize> =
                (0..impression.clicked().len()).filter(|&item| impression.clicked()[item]).collect();
            let list = impression.list();
            let of = |(item, p): (&String, f64)| (p / (1.0 - p), follows.affinity(recent, index[item.as_str()]));
            let items: Vec<(f64, f64)> = list.items().iter().zip(model.marginal(list)).map(of).collect();
            if !clicked.is_empty() && items.iter().any(|item| item.1 > 0.0) {
                lists.push(Clicked { items, clicked });
            }
        });
    }
    // The slope of the log-likelihood falls; its root is found by halving.
    let slope = |beta: f64| -> f64 {
        let of = |Clicked { items, clicked }: &Clicked| {
            let (all, sum) = items.iter().fold((0.0, 0.0), |(all, sum), (odds, affinity)| {
                let weight = odds * (beta * affinity).exp();
                (all + weight, sum + weight * affinity)
            });
            clicked.iter().map(|&item| items[item].1 - sum / all).sum::<f64>()
        };
        lists.iter().map(of).sum()
    };
    let (mut low, mut high) = (0.0, STRONGEST);
    for _ in 0..HALVINGS {
        let middle = (low + high) / 2.0;
        if slope(middle) > 0.0 { low = middle } else { high = middle }
    }
    low
}
