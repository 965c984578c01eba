//! Fidelity: how similar a simulated log is to the real one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::calendar::{DAY_MS, hour_of_week, month};
use super::funnel::Funnel;
use super::navigation::Repeats;
use super::prices::Prices;
use super::profile::{gaps, popularity};
use super::shop_log::ShopLog;

/// Distance between the distributions of one statistic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distance {
    /// Name of the statistic.
    pub name: &'static str,
    /// `jensen_shannon` (Lin 1991, in bits) for categorical, `kolmogorov_smirnov` for ordered values. In [0, 1]; lower is better.
    pub measure: &'static str,
    /// Distance between the real and the simulated log.
    pub distance: f64,
    /// Distance between two halves of the real visitors, the sampling noise; `None` for one visitor.
    pub floor: Option<f64>,
    /// Both distributions.
    pub curve: Curve,
}

/// A distribution in both logs: shares of categories, or cumulative shares of ordered values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// Values; products and categories are numbered from 1 by falling share in the real log.
    pub x: Vec<f64>,
    /// In [0, 1]. `[x]`
    pub real: Vec<f64>,
    /// In [0, 1]. `[x]`
    pub simulated: Vec<f64>,
}

/// A rate in both logs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// Of what.
    pub name: &'static str,
    /// In the real log.
    pub real: f64,
    /// In the simulated log.
    pub simulated: f64,
}

/// Result of [`fidelity`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fidelity {
    /// Number of visitors: real, simulated.
    pub visitors: [usize; 2],
    /// Statistics that at least one log has.
    pub distances: Vec<Distance>,
    /// Rates of both logs.
    pub rates: Vec<Rate>,
}

/// Compares a simulated log with the real one. Products are matched by identifier.
pub fn fidelity(real: &ShopLog, simulated: &ShopLog) -> Fidelity {
    let halves = (real.subset(|number| number % 2 == 0), real.subset(|number| number % 2 == 1));
    let floor = |between: &dyn Fn(&ShopLog, &ShopLog) -> Option<f64>| match &halves {
        (Some(even), Some(odd)) => between(even, odd),
        _ => None,
    };
    let mut distances = Vec::new();
    for (name, order, counts) in CATEGORICAL {
        let between = |a: &ShopLog, b: &ShopLog| jensen_shannon(&counts(a), &counts(b));
        let distance = between(real, simulated);
        distances.extend(distance.map(|distance| Distance {
            name,
            measure: "jensen_shannon",
            distance,
            floor: floor(&between),
            curve: categorical(&counts(real), &counts(simulated), order),
        }));
    }
    for (name, values) in ORDERED {
        let between = |a: &ShopLog, b: &ShopLog| kolmogorov_smirnov(values(a), values(b));
        let measure = "kolmogorov_smirnov";
        distances.extend(between(real, simulated).map(|distance| Distance {
            name,
            measure,
            distance,
            floor: floor(&between),
            curve: ordered(values(real), values(simulated)),
        }));
    }
    let (a, b) = (shares(real), shares(simulated));
    let rates = a.into_iter().zip(b).map(|((name, real), (_, simulated))| Rate { name, real, simulated }).collect();
    Fidelity { visitors: [real, simulated].map(|log| log.by_visitor().count()), distances, rates }
}

type Counts = BTreeMap<String, f64>;

/// Most points of a curve.
const MAX_POINTS: usize = 60;

/// Order of the categories of a curve.
#[derive(Clone, Copy)]
enum Order {
    Popularity,
    Number,
}

/// Reads a statistic from a log.
type Statistic<T> = fn(&ShopLog) -> T;

const CATEGORICAL: [(&str, Order, Statistic<Counts>); 5] = [
    ("products picked", Order::Popularity, |log| picked(log, |product| log.products()[product].id.clone())),
    ("categories picked", Order::Popularity, |log| picked(log, |product| log.products()[product].category.clone())),
    ("hours of the week", Order::Number, |log| started(log, hour_of_week)),
    ("months", Order::Number, |log| started(log, |time_ms| month(time_ms) + 1)),
    ("ranks clicked", Order::Number, |log| {
        let clicked = lists(log).flat_map(|clicked| (0..clicked.len()).filter(move |&rank| clicked[rank]));
        count(clicked.map(|rank| (rank + 1).to_string()))
    }),
];

const ORDERED: [(&str, Statistic<Vec<f64>>); 6] = [
    ("picks per visit", |log| log.visits().iter().map(|visit| log.picks(visit).count() as f64).collect()),
    ("visits per visitor", |log| log.by_visitor().map(|visits| visits.len() as f64).collect()),
    ("days between visits", |log| gaps(log).into_iter().map(|gap| gap as f64 / DAY_MS as f64).collect()),
    ("prices picked", |log| {
        log.visits()
            .iter()
            .flat_map(|visit| log.picks(visit))
            .filter_map(|product| log.products()[product].price)
            .collect()
    }),
    ("lists per visit", |log| log.visits().iter().map(|visit| visit.lists.len() as f64).collect()),
    ("clicks per list", |log| {
        lists(log).map(|clicked| clicked.iter().filter(|&&clicked| clicked).count() as f64).collect()
    }),
];

fn lists(log: &ShopLog) -> impl Iterator<Item = &[bool]> {
    log.impressions().map(|impression| impression.clicked())
}

fn count(names: impl Iterator<Item = String>) -> Counts {
    let mut counts = Counts::new();
    names.for_each(|name| *counts.entry(name).or_default() += 1.0);
    counts
}

fn picked(log: &ShopLog, name: impl Fn(usize) -> String) -> Counts {
    count(log.visits().iter().flat_map(|visit| log.picks(visit)).map(name))
}

fn started(log: &ShopLog, of: fn(i64) -> usize) -> Counts {
    count(log.visits().iter().map(|visit| of(visit.start_ms).to_string()))
}

/// Rates that a profile reproduces.
fn shares(log: &ShopLog) -> Vec<(&'static str, f64)> {
    let mut category = vec![0; log.products().len()];
    for (index, members) in log.categories().into_values().enumerate() {
        members.into_iter().for_each(|product| category[product] = index);
    }
    let repeats = Repeats::of(log, &category);
    let funnel = Funnel::of_all(log);
    let popularity = popularity(log);
    vec![
        ("product repeated in the visit", repeats.in_visit),
        ("product repeated in a later visit", repeats.later),
        ("category repeated from pick to pick", repeats.category),
        ("price score: variance between visitors", Prices::fit(log, &popularity).correlation),
        ("cart after pick", funnel.cart),
        ("purchase after cart", funnel.cart_purchase),
        ("purchase without cart", funnel.direct_purchase),
        ("cancellation after purchase", funnel.cancel),
    ]
}

fn categorical(real: &Counts, simulated: &Counts, order: Order) -> Curve {
    let mut names: Vec<&String> = real.keys().chain(simulated.keys()).collect::<BTreeSet<_>>().into_iter().collect();
    let count = |counts: &Counts, name: &String| counts.get(name).copied().unwrap_or(0.0);
    let number = |name: &String| name.parse().unwrap_or(0.0);
    match order {
        Order::Popularity => {
            names.sort_by(|a, b| count(real, b).total_cmp(&count(real, a)));
            names.truncate(MAX_POINTS);
        }
        Order::Number => names.sort_by(|a, b| f64::total_cmp(&number(a), &number(b))),
    }
    let shares = |counts: &Counts| {
        let all = counts.values().sum::<f64>().max(1.0);
        names.iter().map(|name| count(counts, name) / all).collect()
    };
    let x = match order {
        Order::Popularity => (1..=names.len()).map(|place| place as f64).collect(),
        Order::Number => names.iter().map(|name| number(name)).collect(),
    };
    Curve { x, real: shares(real), simulated: shares(simulated) }
}

fn ordered(mut real: Vec<f64>, mut simulated: Vec<f64>) -> Curve {
    let mut all: Vec<f64> = real.iter().chain(&simulated).copied().collect();
    [&mut real, &mut simulated, &mut all].into_iter().for_each(|values| values.sort_by(f64::total_cmp));
    let last = all.len().saturating_sub(1);
    let mut x: Vec<f64> = (0..MAX_POINTS).filter_map(|i| all.get(i * last / (MAX_POINTS - 1)).copied()).collect();
    x.dedup();
    let cumulative = |sorted: &[f64]| x.iter().map(|&value| share_up_to(sorted, value)).collect();
    Curve { real: cumulative(&real), simulated: cumulative(&simulated), x }
}

/// Cumulative share at `value`; 0 without values.
fn share_up_to(sorted: &[f64], value: f64) -> f64 {
    sorted.partition_point(|&x| x <= value) as f64 / sorted.len().max(1) as f64
}

/// Jensen-Shannon divergence in bits; 1 if only one is empty, `None` if both are.
fn jensen_shannon(a: &Counts, b: &Counts) -> Option<f64> {
    let (sum_a, sum_b) = (a.values().sum::<f64>(), b.values().sum::<f64>());
    match (sum_a > 0.0, sum_b > 0.0) {
        (false, false) => return None,
        (true, true) => {}
        _ => return Some(1.0),
    }
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    let part = |p: f64, middle: f64| if p > 0.0 { 0.5 * p * (p / middle).log2() } else { 0.0 };
    let of = |name: &String| {
        let p = a.get(name).copied().unwrap_or(0.0) / sum_a;
        let q = b.get(name).copied().unwrap_or(0.0) / sum_b;
        part(p, (p + q) / 2.0) + part(q, (p + q) / 2.0)
    };
    Some(names.into_iter().map(of).sum::<f64>().clamp(0.0, 1.0))
}

/// Largest difference of the cumulative shares; 1 if only one is empty, `None` if both are empty or zero.
fn kolmogorov_smirnov(mut a: Vec<f64>, mut b: Vec<f64>) -> Option<f64> {
    if a.iter().chain(&b).all(|&value| value == 0.0) {
        return None;
    }
    if a.is_empty() || b.is_empty() {
        return Some(1.0);
    }
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let apart = |&value: &f64| (share_up_to(&a, value) - share_up_to(&b, value)).abs();
    Some(a.iter().chain(&b).map(apart).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_0_between_equal_and_1_between_disjoint_distributions() {
        let counts = |names: &[&str]| count(names.iter().map(|name| name.to_string()));
        assert_eq!(jensen_shannon(&counts(&["a", "b"]), &counts(&["a", "b", "b", "a"])), Some(0.0));
        assert_eq!(jensen_shannon(&counts(&["a"]), &counts(&["b"])), Some(1.0));
        assert_eq!(
            (jensen_shannon(&counts(&[]), &counts(&[])), jensen_shannon(&counts(&["a"]), &counts(&[]))),
            (None, Some(1.0))
        );
        assert_eq!(kolmogorov_smirnov(vec![1.0, 2.0, 2.0, 5.0], vec![2.0, 5.0, 1.0, 2.0]), Some(0.0));
        assert_eq!(kolmogorov_smirnov(vec![1.0, 2.0], vec![3.0]), Some(1.0));
        assert_eq!(kolmogorov_smirnov(vec![1.0, 1.0, 3.0, 3.0], vec![1.0, 3.0, 3.0, 3.0]), Some(0.25));
        assert_eq!(kolmogorov_smirnov(vec![0.0], vec![0.0]), None);
    }

    #[test]
    fn curves_have_both_logs_at_the_same_values() {
        let counts = |names: &[&str]| count(names.iter().map(|name| name.to_string()));
        let hours = categorical(&counts(&["2", "10", "10"]), &counts(&["2"]), Order::Number);
        assert_eq!((hours.x, hours.simulated), (vec![2.0, 10.0], vec![1.0, 0.0]));
        let popular = categorical(&counts(&["a", "b", "b"]), &counts(&["a", "c"]), Order::Popularity);
        assert_eq!((popular.x, popular.simulated), (vec![1.0, 2.0, 3.0], vec![0.0, 0.5, 0.5]));
        let lengths = ordered(vec![1.0, 1.0, 3.0, 3.0], vec![3.0]);
        assert_eq!((lengths.x, lengths.real, lengths.simulated), (vec![1.0, 3.0], vec![0.5, 1.0], vec![0.0, 1.0]));
    }
}
