//! What a simulation needs to know of a shop, by counting.

use std::collections::BTreeMap;

use super::calendar::{DAY_MS, WEEK_HOURS, hour_of_week, month};
use super::leaning::leaning;
use super::prices::Prices;
use super::rates::Funnel;
use super::shop_log::{Product, ShopLog, Visit};
use super::taste::Taste;
use crate::clicks::{AnyModel, AnySettings, ClickLog, List};
use crate::error::BehaviourError;

/// Picks in advance of every product: what was never picked is seldom, not impossible.
const UNPICKED: f64 = 0.1;
/// Visits in advance of every hour of the week.
const UNVISITED: f64 = 0.1;
/// Longest pause in a visit that is kept.
const LONGEST_PAUSE_MS: i64 = 1_800_000;
/// A pause where the log has none.
const USUAL_PAUSE_MS: i64 = 30_000;
/// Numbers kept of a distribution.
const QUANTILES: usize = 1_000;

/// Simple statistics of a shop's log.
#[derive(Clone, Debug)]
pub struct ShopProfile {
    pub(super) products: Vec<Product>,
    pub(super) leading: windowshop_schema::event::InteractionKind,
    /// Category of each product, and products of each category.
    pub(super) category: Vec<usize>,
    pub(super) members: Vec<Vec<usize>>,
    /// Picks of each product outside lists, with [`UNPICKED`].
    pub(super) popularity: Vec<f64>,
    pub(super) prices: Prices,
    pub(super) taste: Taste,
    pub(super) funnels: Vec<Funnel>,
    /// How many visits had so many lists and so many picks outside them.
    pub(super) shapes: Vec<((usize, usize), f64)>,
    /// How many visitors came so often; from once.
    pub(super) visits: Vec<f64>,
    /// From the end of the visits before to the next, in ms, ascending; empty where nobody came twice.
    pub(super) gaps: Vec<i64>,
    /// Between what is done in a visit, in ms, ascending; at least one.
    pub(super) pauses: Vec<i64>,
    pub(super) hours: [f64; WEEK_HOURS],
    /// Visits a day in each month; the mean where the log has no such day.
    pub(super) months: [f64; 12],
    /// First day and number of days, in days since 1970.
    pub(super) days: (i64, i64),
    /// Lists that were shown, the category that most of their items are of, and how often.
    pub(super) lists: Vec<(List, usize, f64)>,
    pub(super) clicks: Option<AnyModel>,
    /// How much of a budget shows in lists, in [0, 1].
    pub(super) leaning: f64,
}

impl ShopProfile {
    /// Counts; see [`ShopProfile::fit`].
    pub(super) fn count(log: &ShopLog, clicks: &AnySettings) -> Result<Self, BehaviourError> {
        let mut category = vec![0; log.products().len()];
        let members: Vec<Vec<usize>> = log.categories().into_values().collect();
        for (index, members) in members.iter().enumerate() {
            members.iter().for_each(|&product| category[product] = index);
        }
        let popularity = popularity(log);
        let impressions: Vec<_> = log.visits().iter().flat_map(|visit| visit.lists.clone()).collect();
        let model = match impressions.is_empty() {
            true => None,
            false => Some(clicks.fit(&ClickLog::new(&impressions)?)?.model),
        };
        let prices = Prices::fit(log, &popularity);
        let leaning = model.as_ref().map_or(0.0, |model| leaning(log, &prices, model));
        let days = log.visits().iter().map(|visit| visit.start_ms.div_euclid(DAY_MS));
        let (first, last) = days.fold((i64::MAX, i64::MIN), |(first, last), day| (first.min(day), last.max(day)));
        Ok(Self {
            products: log.products().to_vec(),
            leading: log.leading(),
            prices,
            leaning,
            taste: Taste::fit(log, &category, members.len()),
            funnels: Funnel::by_category(log, &category, members.len()),
            shapes: shapes(log),
            visits: visits(log),
            gaps: quantiles(gaps(log)),
            pauses: quantiles(pauses(log)),
            hours: hours(log),
            months: months(log, first, last),
            days: (first, last - first + 1),
            lists: lists(log, &category),
            clicks: model,
            category,
            members,
            popularity,
        })
    }
}

/// Picks of each product outside lists, with [`UNPICKED`].
pub(super) fn popularity(log: &ShopLog) -> Vec<f64> {
    let mut popularity = vec![UNPICKED; log.products().len()];
    log.visits().iter().flat_map(|visit| log.free_picks(visit)).for_each(|product| popularity[product] += 1.0);
    popularity
}

fn shapes(log: &ShopLog) -> Vec<((usize, usize), f64)> {
    let mut shapes: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for visit in log.visits() {
        let outside = visit.acts.iter().filter(|act| act.kind == log.leading() && act.list.is_none()).count();
        *shapes.entry((visit.lists.len(), outside)).or_default() += 1.0;
    }
    shapes.into_iter().collect()
}

fn visits(log: &ShopLog) -> Vec<f64> {
    let mut counts = Vec::new();
    for visits in log.by_visitor() {
        counts.resize(counts.len().max(visits.len()), 0.0);
        counts[visits.len() - 1] += 1.0;
    }
    counts
}

/// From the start of each visit to that of the visitor's next.
pub(super) fn gaps(log: &ShopLog) -> Vec<i64> {
    let of = |visits: &[Visit]| visits.windows(2).map(|pair| pair[1].start_ms - pair[0].start_ms).collect::<Vec<_>>();
    log.by_visitor().flat_map(of).collect()
}

fn pauses(log: &ShopLog) -> Vec<i64> {
    let of = |visit: &Visit| visit.acts.windows(2).map(|pair| pair[1].time_ms - pair[0].time_ms).collect::<Vec<_>>();
    let mut pauses: Vec<i64> =
        log.visits().iter().flat_map(of).filter(|pause| (0..LONGEST_PAUSE_MS).contains(pause)).collect();
    if pauses.is_empty() {
        pauses.push(USUAL_PAUSE_MS);
    }
    pauses
}

/// At most [`QUANTILES`] numbers that are distributed like `values`, ascending.
fn quantiles(mut values: Vec<i64>) -> Vec<i64> {
    values.sort_unstable();
    let kept = values.len().min(QUANTILES);
    (0..kept).map(|i| values[(i * (values.len() - 1)).checked_div(kept - 1).unwrap_or(0)]).collect()
}

fn hours(log: &ShopLog) -> [f64; WEEK_HOURS] {
    let mut hours = [UNVISITED; WEEK_HOURS];
    log.visits().iter().for_each(|visit| hours[hour_of_week(visit.start_ms)] += 1.0);
    hours
}

fn months(log: &ShopLog, first: i64, last: i64) -> [f64; 12] {
    let (mut visits, mut days) = ([0.0f64; 12], [0.0f64; 12]);
    (first..=last).for_each(|day| days[month(day * DAY_MS)] += 1.0);
    log.visits().iter().for_each(|visit| visits[month(visit.start_ms)] += 1.0);
    let mean = visits.iter().sum::<f64>() / days.iter().sum::<f64>();
    std::array::from_fn(|m| if days[m] > 0.0 { visits[m] / days[m] } else { mean })
}

fn lists(log: &ShopLog, category: &[usize]) -> Vec<(List, usize, f64)> {
    let index = log.index();
    let mut counts: BTreeMap<(&str, &[String]), (&List, f64)> = BTreeMap::new();
    for list in log.visits().iter().flat_map(|visit| &visit.lists).map(|impression| impression.list()) {
        counts.entry((list.query(), list.items())).or_insert((list, 0.0)).1 += 1.0;
    }
    let most = |list: &List| {
        let mut of: BTreeMap<usize, usize> = BTreeMap::new();
        let known = list.items().iter().filter_map(|item| index.get(item.as_str()));
        known.for_each(|&product| *of.entry(category[product]).or_default() += 1);
        of.into_iter()
            .max_by_key(|&(category, count)| (count, std::cmp::Reverse(category)))
            .map_or(0, |(category, _)| category)
    };
    counts.into_values().map(|(list, count)| (list.clone(), most(list), count)).collect()
}
