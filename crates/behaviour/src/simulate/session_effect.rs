//! The effect of a visitor's recent picks on clicks in lists.

use std::collections::{HashMap, VecDeque};

use super::shop_log::{ShopLog, Visit};
use super::visitor_count::VisitorCount;
use crate::clicks::{AnyModel, ClickModel, Impression};

/// Number of recent picks that count.
pub(super) const RECENT: usize = 5;
/// Upper bound of the effect.
const MAX_EFFECT: f64 = 5.0;
/// Steps of the bisection.
const BISECTIONS: usize = 40;

/// Sequential rules with linear decay (Ludewig & Jannach 2018): a pick that comes d picks after another counts 1 / d, up to [`RECENT`].
#[derive(Clone, Debug, Default)]
pub(super) struct SequentialRules(HashMap<(usize, usize), VisitorCount>);

impl SequentialRules {
    /// Rules of the visitors whose number `keep` accepts.
    pub fn of(log: &ShopLog, keep: impl Fn(usize) -> bool) -> Self {
        let mut counts: HashMap<(usize, usize), VisitorCount> = HashMap::new();
        for (visitor, visits) in log.by_visitor().enumerate().filter(|(number, _)| keep(*number)) {
            let picks: Vec<usize> = visits.iter().flat_map(|visit| log.picks_outside_lists(visit)).collect();
            for (at, &to) in picks.iter().enumerate() {
                for (back, &from) in picks[..at].iter().rev().take(RECENT).enumerate().filter(|(_, from)| **from != to)
                {
                    counts.entry((from, to)).or_default().add(visitor, 1.0 / (back + 1) as f64);
                }
            }
        }
        Self(counts)
    }

    /// Drops rules of fewer than `min_visitors` visitors.
    pub fn of_at_least(mut self, min_visitors: usize) -> Self {
        self.0.retain(|_, count| count.visitors >= min_visitors);
        self
    }

    /// ln(1 + weighted rule counts from the recent picks to a product). `recent` ends with the latest pick.
    pub fn affinity(&self, recent: &VecDeque<usize>, product: usize) -> f64 {
        let rules = |(back, &from): (usize, &usize)| {
            self.0.get(&(from, product)).map_or(0.0, |count| count.weight) / (back + 1) as f64
        };
        recent.iter().rev().enumerate().map(rules).sum::<f64>().ln_1p()
    }
}

/// Calls `with` for each list of a visitor, with the last [`RECENT`] picks before it, the latest last.
pub(super) fn for_each_list<'a>(
    log: &ShopLog,
    visits: &'a [Visit],
    mut with: impl FnMut(&'a Impression, &VecDeque<usize>),
) {
    let mut recent = VecDeque::new();
    for visit in visits {
        let mut picks = visit.interactions.iter().filter(|interaction| interaction.kind == log.pick_kind()).peekable();
        for shown in &visit.lists {
            while let Some(interaction) = picks.next_if(|interaction| interaction.time_ms < shown.time_ms) {
                push_recent(&mut recent, interaction.product);
            }
            with(&shown.impression, &recent);
        }
        picks.for_each(|interaction| push_recent(&mut recent, interaction.product));
    }
}

/// Appends a pick and drops the oldest.
pub(super) fn push_recent(recent: &mut VecDeque<usize>, product: usize) {
    if recent.len() == RECENT {
        recent.pop_front();
    }
    recent.push_back(product);
}

/// A list with clicks.
struct Clicked {
    /// Click odds and affinity of each item.
    items: Vec<(f64, f64)>,
    /// Indices of the clicked items.
    clicked: Vec<usize>,
}

/// The coefficient β ≥ 0 of the affinity in a conditional logit (McFadden 1974) of the clicks in a list, with the click model's odds as
/// offset: odds are multiplied by exp(β · affinity). Rules come from the other half of the visitors, so that no visitor's own picks count.
pub(super) fn session_effect(log: &ShopLog, model: &AnyModel) -> f64 {
    let index = log.index();
    let halves =
        [SequentialRules::of(log, |number| number % 2 == 0), SequentialRules::of(log, |number| number % 2 == 1)];
    let mut lists: Vec<Clicked> = Vec::new();
    for (number, visits) in log.by_visitor().enumerate() {
        let rules = &halves[1 - number % 2];
        for_each_list(log, visits, |impression, recent| {
            let clicked: Vec<usize> =
                (0..impression.clicked().len()).filter(|&item| impression.clicked()[item]).collect();
            let list = impression.list();
            let of = |(item, p): (&String, f64)| (p / (1.0 - p), rules.affinity(recent, index[item.as_str()]));
            let items: Vec<(f64, f64)> = list.items().iter().zip(model.marginal(list)).map(of).collect();
            if !clicked.is_empty() && items.iter().any(|item| item.1 > 0.0) {
                lists.push(Clicked { items, clicked });
            }
        });
    }
    // The log-likelihood is concave: bisect its derivative.
    let derivative = |beta: f64| -> f64 {
        let of = |Clicked { items, clicked }: &Clicked| {
            let (all, sum) = items.iter().fold((0.0, 0.0), |(all, sum), (odds, affinity)| {
                let weight = odds * (beta * affinity).exp();
                (all + weight, sum + weight * affinity)
            });
            clicked.iter().map(|&item| items[item].1 - sum / all).sum::<f64>()
        };
        lists.iter().map(of).sum()
    };
    let (mut low, mut high) = (0.0, MAX_EFFECT);
    for _ in 0..BISECTIONS {
        let middle = (low + high) / 2.0;
        if derivative(middle) > 0.0 { low = middle } else { high = middle }
    }
    low
}
