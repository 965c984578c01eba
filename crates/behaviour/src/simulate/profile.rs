//! Statistics of a shop's log from which visitors are simulated.

use std::collections::BTreeMap;

use super::calendar::{DAY_MS, WEEK_HOURS, hour_of_week, month};
use super::funnel::Funnel;
use super::navigation::Navigation;
use super::price_effect::price_effect;
use super::prices::Prices;
use super::session_effect::{self, SequentialRules};
use super::shop_log::{Product, ShopLog, Visit};
use super::visit_structure::VisitStructures;
use super::visitor_count::VisitorCount;
use crate::clicks::{AnyModel, AnySettings, ClickLog, Impression, List};
use crate::error::BehaviourError;

/// Pseudo-picks of every product, so that none is impossible.
const PICK_PRIOR: f64 = 0.1;
/// Pseudo-visits of every hour of the week.
const VISIT_PRIOR: f64 = 0.1;
/// Longest pause within a visit.
const MAX_PAUSE_MS: i64 = 1_800_000;
/// Pause where the log has none.
const DEFAULT_PAUSE_MS: i64 = 30_000;
/// Weight of an earlier pick relative to the next one, for the choice of the next list.
const RECENCY_DECAY: f64 = 0.1;
/// Quantiles kept of a distribution.
const QUANTILES: usize = 1_000;

/// A list, the category of most of its items, and its number of impressions.
pub(super) type ListCount = (List, usize, f64);

/// Statistics of a shop's log.
#[derive(Clone, Debug)]
pub struct ShopProfile {
    pub(super) products: Vec<Product>,
    /// Kind of the interactions that are picks.
    pub(super) pick_kind: windowshop_schema::event::InteractionKind,
    /// Category of each product.
    pub(super) category: Vec<usize>,
    /// Products of each category.
    pub(super) members: Vec<Vec<usize>>,
    /// Picks of each product outside lists, plus [`PICK_PRIOR`].
    pub(super) popularity: Vec<f64>,
    pub(super) prices: Prices,
    pub(super) navigation: Navigation,
    pub(super) funnels: Vec<Funnel>,
    pub(super) structures: VisitStructures,
    /// Number of visitors by number of visits, from one.
    pub(super) visits: Vec<f64>,
    /// Time between the starts of consecutive visits of a visitor, in ms, ascending; empty if nobody returned.
    pub(super) gaps: Vec<i64>,
    /// Time between interactions of a visit, in ms, ascending; at least one.
    pub(super) pauses: Vec<i64>,
    /// Visits by hour of the week, plus [`VISIT_PRIOR`].
    pub(super) hours: [f64; WEEK_HOURS],
    /// Visits per day by month; the mean for months without a day in the log.
    pub(super) months: [f64; 12],
    /// First day and number of days, in days since 1970.
    pub(super) days: (i64, i64),
    /// Lists that may be shown.
    pub(super) lists: Vec<ListCount>,
    /// Lists shown after a recent pick of each product, with weights. `[products]`
    pub(super) shown_after: Vec<Vec<(usize, f64)>>,
    pub(super) clicks: Option<AnyModel>,
    /// Share of the price effect that holds in lists, in [0, 1].
    pub(super) price_effect: f64,
    pub(super) rules: SequentialRules,
    /// Coefficient of the session affinity in lists; at least 0.
    pub(super) session_effect: f64,
}

impl ShopProfile {
    /// Counts without calibration; see [`ShopProfile::fit`].
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
        let price_effect = model.as_ref().map_or(0.0, |model| price_effect(log, &prices, model));
        let session_effect = model.as_ref().map_or(0.0, |model| session_effect::session_effect(log, model));
        let (lists, shown_after) = lists(log, &category, min_visitors);
        let days = log.visits().iter().map(|visit| visit.start_ms.div_euclid(DAY_MS));
        let (first, last) = days.fold((i64::MAX, i64::MIN), |(first, last), day| (first.min(day), last.max(day)));
        Ok(Self {
            products: log.products().to_vec(),
            pick_kind: log.pick_kind(),
            prices,
            price_effect,
            rules: SequentialRules::of(log, |_| true).of_at_least(min_visitors),
            session_effect,
            navigation: Navigation::fit(log, &category, members.len(), min_visitors),
            funnels: Funnel::by_category(log, &category, members.len()),
            structures: VisitStructures::of(log),
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

    /// The fields `lists` and `shown_after` of the profile.
    pub fn lists(&self) -> usize {
        self.lists.len()
    }

    /// The click model of the lists; `None` if the log has no lists.
    pub fn click_model(&self) -> Option<&AnyModel> {
        self.clicks.as_ref()
    }
}

/// Picks of each product outside lists, plus [`PICK_PRIOR`].
pub(super) fn popularity(log: &ShopLog) -> Vec<f64> {
    let mut popularity = vec![PICK_PRIOR; log.products().len()];
    log.visits().iter().flat_map(|visit| log.picks_outside_lists(visit)).for_each(|product| popularity[product] += 1.0);
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

/// Time between the starts of consecutive visits of each visitor.
pub(super) fn gaps(log: &ShopLog) -> Vec<i64> {
    let of = |visits: &[Visit]| visits.windows(2).map(|pair| pair[1].start_ms - pair[0].start_ms).collect::<Vec<_>>();
    log.by_visitor().flat_map(of).collect()
}

fn pauses(log: &ShopLog) -> Vec<i64> {
    let of =
        |visit: &Visit| visit.interactions.windows(2).map(|pair| pair[1].time_ms - pair[0].time_ms).collect::<Vec<_>>();
    let mut pauses: Vec<i64> =
        log.visits().iter().flat_map(of).filter(|pause| (0..MAX_PAUSE_MS).contains(pause)).collect();
    if pauses.is_empty() {
        pauses.push(DEFAULT_PAUSE_MS);
    }
    pauses
}

/// At most [`QUANTILES`] quantiles of `values`, ascending.
fn quantiles(mut values: Vec<i64>) -> Vec<i64> {
    values.sort_unstable();
    let kept = values.len().min(QUANTILES);
    (0..kept).map(|i| values[(i * (values.len() - 1)).checked_div(kept - 1).unwrap_or(0)]).collect()
}

fn hours(log: &ShopLog) -> [f64; WEEK_HOURS] {
    let mut hours = [VISIT_PRIOR; WEEK_HOURS];
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
fn lists(log: &ShopLog, category: &[usize], min_visitors: usize) -> (Vec<ListCount>, Vec<Vec<(usize, f64)>>) {
    let index = log.index();
    let mut numbers: BTreeMap<(&str, &[String]), usize> =
        log.impressions().map(|shown| ((shown.list().query(), shown.list().items()), 0)).collect();
    numbers.values_mut().enumerate().for_each(|(number, value)| *value = number);
    let main_category = |list: &List| {
        let mut of: BTreeMap<usize, usize> = BTreeMap::new();
        let known = list.items().iter().filter_map(|item| index.get(item.as_str()));
        known.for_each(|&product| *of.entry(category[product]).or_default() += 1);
        of.into_iter()
            .max_by_key(|&(category, count)| (count, std::cmp::Reverse(category)))
            .map_or(0, |(category, _)| category)
    };
    let mut lists: Vec<Option<(&List, VisitorCount)>> = vec![None; numbers.len()];
    let mut after: Vec<BTreeMap<usize, VisitorCount>> = vec![BTreeMap::new(); log.products().len()];
    for (visitor, visits) in log.by_visitor().enumerate() {
        session_effect::for_each_list(log, visits, |impression, recent| {
            let list = impression.list();
            let number = numbers[&(list.query(), list.items())];
            lists[number].get_or_insert((list, VisitorCount::default())).1.add(visitor, 1.0);
            for (back, &product) in recent.iter().rev().enumerate() {
                after[product].entry(number).or_default().add(visitor, RECENCY_DECAY.powi(back as i32));
            }
        });
    }
    let enough = |count: &VisitorCount| count.visitors >= min_visitors;
    let mut kept = Vec::new();
    let kept_index: Vec<Option<usize>> = lists
        .into_iter()
        .map(|shown| {
            let (list, count) = shown.filter(|(_, count)| enough(count))?;
            kept.push((list.clone(), main_category(list), count.weight));
            Some(kept.len() - 1)
        })
        .collect();
    let drawn = |of: BTreeMap<usize, VisitorCount>| {
        of.into_iter()
            .filter(|(_, count)| enough(count))
            .filter_map(|(list, count)| Some((kept_index[list]?, count.weight)))
    };
    (kept, after.into_iter().map(|of| drawn(of).collect()).collect())
}
