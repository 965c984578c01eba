//! How like the real log a simulated one is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::calendar::{DAY_MS, hour_of_week, month};
use super::prices::Prices;
use super::profile::{gaps, popularity};
use super::rates::Funnel;
use super::shop_log::ShopLog;
use super::taste::Repeats;

/// One distribution, compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distance {
    /// What is distributed.
    pub of: &'static str,
    /// `jensen_shannon` (Lin 1991, in bits) for what has names, `kolmogorov_smirnov` (the largest difference of shares up to a value) for what
    /// has an order. In [0, 1]; 0 is alike.
    pub measure: &'static str,
    /// Between the real and the simulated log.
    pub distance: f64,
    /// Between two halves of the real log, by visitor: what chance alone makes of so many visitors. `None` for a single visitor.
    pub floor: Option<f64>,
    /// The two distributions.
    pub curve: Curve,
}

/// A distribution in both logs. What has names: the share of each. What has an order: the share up to each value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Curve {
    /// Values, or numbers of what has names; products and categories are numbered from 1 by falling share in the real log.
    pub x: Vec<f64>,
    /// In [0, 1]. `[x]`
    pub real: Vec<f64>,
    /// In [0, 1]. `[x]`
    pub simulated: Vec<f64>,
}

/// One share, compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// Of what.
    pub of: &'static str,
    /// In the real log.
    pub real: f64,
    /// In the simulated log.
    pub simulated: f64,
}

/// What [`fidelity`] says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fidelity {
    /// Visitors of the real and of the simulated log.
    pub visitors: [usize; 2],
    /// Distributions that at least one of the logs has.
    pub distances: Vec<Distance>,
    /// Shares.
    pub rates: Vec<Rate>,
}

/// Compares a simulated log with the real one it was fitted to; products are told by their identifiers.
pub fn fidelity(real: &ShopLog, simulated: &ShopLog) -> Fidelity {
    let halves = (real.part(|number| number % 2 == 0), real.part(|number| number % 2 == 1));
    let floor = |between: &dyn Fn(&ShopLog, &ShopLog) -> Option<f64>| match &halves {
        (Some(even), Some(odd)) => between(even, odd),
        _ => None,
    };
    let mut distances = Vec::new();
    for (of, order, counts) in NAMED {
        let between = |a: &ShopLog, b: &ShopLog| jensen_shannon(&counts(a), &counts(b));
        let distance = between(real, simulated);
        distances.extend(distance.map(|distance| Distance {
            of,
            measure: "jensen_shannon",
            distance,
            floor: floor(&between),
            curve: named(&counts(real), &counts(simulated), order),
        }));
    }
    for (of, values) in ORDERED {
        let between = |a: &ShopLog, b: &ShopLog| kolmogorov_smirnov(values(a), values(b));
        let measure = "kolmogorov_smirnov";
        distances.extend(between(real, simulated).map(|distance| Distance {
            of,
            measure,
            distance,
            floor: floor(&between),
            curve: ordered(values(real), values(simulated)),
        }));
    }
    let (a, b) = (shares(real), shares(simulated));
    let rates = a.into_iter().zip(b).map(|((of, real), (_, simulated))| Rate { of, real, simulated }).collect();
    Fidelity { visitors: [real, simulated].map(|log| log.by_visitor().count()), distances, rates }
}

type Counts = BTreeMap<String, f64>;

/// Places at which a distribution is drawn, at most.
const DRAWN: usize = 60;

/// In what order names are drawn.
#[derive(Clone, Copy)]
enum Order {
    Popularity,
    Number,
}

/// How something is read from a log.
type Read<T> = fn(&ShopLog) -> T;

const NAMED: [(&str, Order, Read<Counts>); 5] = [
    ("products picked", Order::Popularity, |log| picked(log, |product| log.products()[product].id.clone())),
    ("categories picked", Order::Popularity, |log| picked(log, |product| log.products()[product].category.clone())),
    ("hours of the week", Order::Number, |log| started(log, hour_of_week)),
    ("months", Order::Number, |log| started(log, |time_ms| month(time_ms) + 1)),
    ("ranks clicked", Order::Number, |log| {
        let clicked = lists(log).flat_map(|clicked| (0..clicked.len()).filter(move |&rank| clicked[rank]));
        count(clicked.map(|rank| (rank + 1).to_string()))
    }),
];

const ORDERED: [(&str, Read<Vec<f64>>); 6] = [
    ("picks a visit", |log| log.visits().iter().map(|visit| log.picks(visit).count() as f64).collect()),
    ("visits a visitor", |log| log.by_visitor().map(|visits| visits.len() as f64).collect()),
    ("days between visits", |log| gaps(log).into_iter().map(|gap| gap as f64 / DAY_MS as f64).collect()),
    ("prices picked", |log| {
        log.visits()
            .iter()
            .flat_map(|visit| log.picks(visit))
            .filter_map(|product| log.products()[product].price)
            .collect()
    }),
    ("lists a visit", |log| log.visits().iter().map(|visit| visit.lists.len() as f64).collect()),
    ("clicks a list", |log| {
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

/// Shares that a profile imitates.
fn shares(log: &ShopLog) -> Vec<(&'static str, f64)> {
    let mut category = vec![0; log.products().len()];
    for (index, members) in log.categories().into_values().enumerate() {
        members.into_iter().for_each(|product| category[product] = index);
    }
    let repeats = Repeats::of(log, &category);
    let funnel = Funnel::of_all(log);
    let popularity = popularity(log);
    vec![
        ("picked again in the visit", repeats.in_visit),
        ("picked again in a later visit", repeats.later),
        ("category kept from pick to pick", repeats.category),
        ("dearness that is the visitor's doing", Prices::fit(log, &popularity).budget),
        ("into the cart", funnel.cart),
        ("bought from the cart", funnel.cart_purchase),
        ("bought without the cart", funnel.direct_purchase),
        ("cancelled", funnel.cancel),
    ]
}

fn named(real: &Counts, simulated: &Counts, order: Order) -> Curve {
    let mut names: Vec<&String> = real.keys().chain(simulated.keys()).collect::<BTreeSet<_>>().into_iter().collect();
    let count = |counts: &Counts, name: &String| counts.get(name).copied().unwrap_or(0.0);
    let number = |name: &String| name.parse().unwrap_or(0.0);
    match order {
        Order::Popularity => {
            names.sort_by(|a, b| count(real, b).total_cmp(&count(real, a)));
            names.truncate(DRAWN);
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
    let mut x: Vec<f64> = (0..DRAWN).filter_map(|i| all.get(i * last / (DRAWN - 1)).copied()).collect();
    x.dedup();
    let upto = |sorted: &[f64]| x.iter().map(|&value| share_up_to(sorted, value)).collect();
    Curve { real: upto(&real), simulated: upto(&simulated), x }
}

/// Share of ascending numbers that are at most `value`; 0 of none.
fn share_up_to(sorted: &[f64], value: f64) -> f64 {
    sorted.partition_point(|&x| x <= value) as f64 / sorted.len().max(1) as f64
}

/// `None` where one has nothing and the other neither.
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

/// `None` where one has nothing and the other neither, or both have zeros alone.
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
    fn distances_are_none_between_like_and_whole_between_unlike() {
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
    fn curves_have_both_logs_at_the_same_places() {
        let counts = |names: &[&str]| count(names.iter().map(|name| name.to_string()));
        let hours = named(&counts(&["2", "10", "10"]), &counts(&["2"]), Order::Number);
        assert_eq!((hours.x, hours.simulated), (vec![2.0, 10.0], vec![1.0, 0.0]));
        let popular = named(&counts(&["a", "b", "b"]), &counts(&["a", "c"]), Order::Popularity);
        assert_eq!((popular.x, popular.simulated), (vec![1.0, 2.0, 3.0], vec![0.0, 0.5, 0.5]));
        let lengths = ordered(vec![1.0, 1.0, 3.0, 3.0], vec![3.0]);
        assert_eq!((lengths.x, lengths.real, lengths.simulated), (vec![1.0, 3.0], vec![0.5, 1.0], vec![0.0, 1.0]));
    }
}
