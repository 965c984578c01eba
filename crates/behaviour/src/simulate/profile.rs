//! What a simulation needs to know of a shop, by counting.

use std::collections::BTreeMap;

use super::calendar::{DAY_MS, WEEK_HOURS, hour_of_week, month};
use super::following::{self, Follows};
use super::leaning::leaning;
use super::prices::Prices;
use super::rates::Funnel;
use super::seen::Seen;
use super::shapes::Shapes;
use super::shop_log::{Product, ShopLog, Visit};
use super::taste::Taste;
use crate::clicks::{AnyModel, AnySettings, ClickLog, Impression, List};
use crate::error::BehaviourError;

/// Picks in advance of every product: what was never picked is seldom, not impossible.
const UNPICKED: f64 = 0.1;
/// Visits in advance of every hour of the week.
const UNVISITED: f64 = 0.1;
/// Longest pause in a visit that is kept.
const LONGEST_PAUSE_MS: i64 = 1_800_000;
/// A pause where the log has none.
const USUAL_PAUSE_MS: i64 = 30_000;
/// What a pick before the last says of the list shown next, against what the last says: it is asked where there is nothing else.
const EARLIER: f64 = 0.1;
/// Numbers kept of a distribution.
const QUANTILES: usize = 1_000;

/// A list, the category that most of its items are of, and how often it was shown.
pub(super) type ShownList = (List, usize, f64);

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
    pub(super) shapes: Shapes,
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
    pub(super) lists: Vec<ShownList>,
    /// The lists that were shown to visitors who had picked a product of late. `[products]`
    pub(super) shown_after: Vec<Vec<(usize, f64)>>,
    pub(super) clicks: Option<AnyModel>,
    /// How much of a budget shows in lists, in [0, 1].
    pub(super) leaning: f64,
    pub(super) follows: Follows,
    /// How much of what was looked at before shows in lists; at least 0.
    pub(super) following: f64,
}

impl ShopProfile {
    /// Counts; see [`ShopProfile::fit`].
    pub(super) fn count(log: &ShopLog, clicks: &AnySettings, min_visitors: usize) -> Result<Self, BehaviourError> {
        let mut category = vec![0; log.products().len()];
        let members: Vec<Vec<usize>> = log.categories().into_values().collect();
        for (index, members) in members.iter().enumerate() {
            members.iter().for_each(|&product| category[product] = index);
        }
        let popularity = popularity(log);
        let impressions: Vec<Impression> = log.impressions().cloned().collect();
        let model = match impressions.is_empty() {
            true => None,
            false => Some(clicks.fit(&ClickLog::new(&impressions)?)?.model),
        };
        let prices = Prices::fit(log, &popularity);
        let leaning = model.as_ref().map_or(0.0, |model| leaning(log, &prices, model));
        let following = model.as_ref().map_or(0.0, |model| following::strength(log, model));
        let (lists, shown_after) = lists(log, &category, min_visitors);
        let days = log.visits().iter().map(|visit| visit.start_ms.div_euclid(DAY_MS));
        let (first, last) = days.fold((i64::MAX, i64::MIN), |(first, last), day| (first.min(day), last.max(day)));
        Ok(Self {
            products: log.products().to_vec(),
            leading: log.leading(),
            prices,
            leaning,
            follows: Follows::of(log, |_| true).of_at_least(min_visitors),
            following,
            taste: Taste::fit(log, &category, members.len(), min_visitors),
            funnels: Funnel::by_category(log, &category, members.len()),
            shapes: Shapes::of(log),
            visits: visits(log),
            gaps: quantiles(gaps(log)),
            pauses: quantiles(pauses(log)),
            hours: hours(log),
            months: months(log, first, last),
            days: (first, last - first + 1),
            lists,
            shown_after,
            clicks: model,
            category,
            members,
            popularity,
        })
    }

    /// Different lists that are shown to simulated visitors.
    pub fn lists(&self) -> usize {
        self.lists.len()
    }

    /// The click model of the lists; `None` where the log has none.
    pub fn click_model(&self) -> Option<&AnyModel> {
        self.clicks.as_ref()
    }
}

/// Picks of each product outside lists, with [`UNPICKED`].
pub(super) fn popularity(log: &ShopLog) -> Vec<f64> {
    let mut popularity = vec![UNPICKED; log.products().len()];
    log.visits().iter().flat_map(|visit| log.free_picks(visit)).for_each(|product| popularity[product] += 1.0);
    popularity
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

/// See `ShopProfile::lists` and `ShopProfile::shown_after`.
fn lists(log: &ShopLog, category: &[usize], min_visitors: usize) -> (Vec<ShownList>, Vec<Vec<(usize, f64)>>) {
    let index = log.index();
    let mut numbers: BTreeMap<(&str, &[String]), usize> =
        log.impressions().map(|shown| ((shown.list().query(), shown.list().items()), 0)).collect();
    numbers.values_mut().enumerate().for_each(|(number, value)| *value = number);
    let most = |list: &List| {
        let mut of: BTreeMap<usize, usize> = BTreeMap::new();
        let known = list.items().iter().filter_map(|item| index.get(item.as_str()));
        known.for_each(|&product| *of.entry(category[product]).or_default() += 1);
        of.into_iter()
            .max_by_key(|&(category, count)| (count, std::cmp::Reverse(category)))
            .map_or(0, |(category, _)| category)
    };
    let mut lists: Vec<Option<(&List, Seen)>> = vec![None; numbers.len()];
    let mut after: Vec<BTreeMap<usize, Seen>> = vec![BTreeMap::new(); log.products().len()];
    for (visitor, visits) in log.by_visitor().enumerate() {
        following::for_each_list(log, visits, |impression, recent| {
            let list = impression.list();
            let number = numbers[&(list.query(), list.items())];
            lists[number].get_or_insert((list, Seen::default())).1.add(visitor, 1.0);
            for (back, &product) in recent.iter().rev().enumerate() {
                after[product].entry(number).or_default().add(visitor, EARLIER.powi(back as i32));
            }
        });
    }
    let enough = |seen: &Seen| seen.visitors >= min_visitors;
    let mut kept = Vec::new();
    let places: Vec<Option<usize>> = lists
        .into_iter()
        .map(|shown| {
            let (list, seen) = shown.filter(|(_, seen)| enough(seen))?;
            kept.push((list.clone(), most(list), seen.weight));
            Some(kept.len() - 1)
        })
        .collect();
    let drawn = |of: BTreeMap<usize, Seen>| {
        of.into_iter().filter(|(_, seen)| enough(seen)).filter_map(|(list, seen)| Some((places[list]?, seen.weight)))
    };
    (kept, after.into_iter().map(|of| drawn(of).collect()).collect())
}
