//! Samples visitors and their visits from a profile.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use windowshop_metrics::random::{self, Categorical};
use windowshop_schema::event::InteractionKind;

use super::calendar::{DAY_MS, hour_of_week, month};
use super::profile::ShopProfile;
use super::shop_log::{Interaction, ShopLog, ShownList, Visit};
use super::visitor::{SamplingTables, Visitor};
use crate::clicks::{ClickModel, Impression};
use crate::error::{BehaviourError, positive};

/// Settings of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulateSettings {
    /// Number of visitors, at least 1.
    pub visitors: usize,
    /// Equal seeds give equal visitors; more visitors leave the first ones unchanged.
    pub seed: u64,
    /// First day, in milliseconds since 1970; `None`: that of the log.
    pub start_ms: Option<i64>,
    /// Number of days; `None`: as many as the log has.
    pub days: Option<u32>,
}

impl Default for SimulateSettings {
    fn default() -> Self {
        Self { visitors: 1_000, seed: 1, start_ms: None, days: None }
    }
}

/// Simulates visits. The result does not depend on the number of threads.
///
/// # Errors
/// If the number of visitors or days is 0.
pub fn simulate(profile: &ShopProfile, settings: &SimulateSettings) -> Result<ShopLog, BehaviourError> {
    positive("visitors", settings.visitors as f64)?;
    positive("days", settings.days.map_or(1.0, f64::from))?;
    let simulator = Simulator::new(profile, settings);
    let visits: Vec<Vec<Visit>> =
        (0..settings.visitors).into_par_iter().map(|number| simulator.visitor(number)).collect();
    ShopLog::new(profile.products.clone(), visits.into_iter().flatten().collect())
}

struct Simulator<'a> {
    profile: &'a ShopProfile,
    tables: SamplingTables<'a>,
    index: HashMap<&'a str, usize>,
    seed: u64,
    first_day: i64,
    /// Weight of each day.
    days: Vec<f64>,
    visits: Categorical,
}

impl<'a> Simulator<'a> {
    fn new(profile: &'a ShopProfile, settings: &SimulateSettings) -> Self {
        let first_day = settings.start_ms.map_or(profile.days.0, |start| start.div_euclid(DAY_MS));
        let days = settings.days.map_or(profile.days.1, i64::from);
        let of_weekday = |day: i64| -> f64 {
            let midnight = hour_of_week(day * DAY_MS);
            profile.hours[midnight..midnight + 24].iter().sum()
        };
        let weight = |day: i64| profile.months[month(day * DAY_MS)] * of_weekday(day);
        Self {
            profile,
            tables: SamplingTables::new(profile),
            index: profile.products.iter().enumerate().map(|(index, product)| (product.id.as_str(), index)).collect(),
            seed: settings.seed,
            first_day,
            days: (first_day..first_day + days).map(weight).collect(),
            visits: Categorical::new(profile.visits.iter().copied()).expect("a log has a visit"),
        }
    }

    fn visitor(&self, number: usize) -> Vec<Visit> {
        let key = random::subkey(self.seed, number as u64);
        let mut stream = random::Stream::new(random::subkey(key, 0));
        let visits = self.visits.sample(&mut stream) + 1;
        let starts = self.starts(visits, &mut stream);
        let mut visitor = Visitor::new(&self.tables, random::subkey(key, 1), month(starts[0]));
        let name = format!("simulated-{number:07}");
        let of = |(visit, start_ms): (usize, i64)| {
            self.visit(&mut visitor, &name, start_ms, random::subkey(key, visit as u64 + 2))
        };
        starts.into_iter().enumerate().map(of).collect()
    }

    /// Start times of a visitor's visits. The first day leaves room for all gaps; after a gap of a day or more the hour is sampled anew.
    fn starts(&self, visits: usize, stream: &mut random::Stream) -> Vec<i64> {
        let span = self.days.len() as i64 * DAY_MS;
        let mut gaps: Vec<i64> =
            (1..visits).map(|_| self.profile.gaps[stream.below(self.profile.gaps.len())]).collect();
        let total: i64 = gaps.iter().sum();
        let longest = span - DAY_MS;
        if total > longest {
            gaps.iter_mut().for_each(|gap| *gap = (*gap as f64 * longest as f64 / total as f64) as i64);
        }
        let room = (self.days.len() as i64 - (total.min(longest) + DAY_MS - 1) / DAY_MS).max(1) as usize;
        let day = Categorical::new(self.days[..room].iter().copied()).map_or(0, |days| days.sample(stream));
        let mut starts = vec![self.hour(self.first_day + day as i64, stream)];
        let mut last = starts[0];
        for gap in gaps {
            last = if gap < DAY_MS { last + gap } else { self.hour((last + gap).div_euclid(DAY_MS), stream) };
            starts.push(last);
        }
        starts
    }

    /// Samples a time of day.
    fn hour(&self, day: i64, stream: &mut random::Stream) -> i64 {
        let midnight = hour_of_week(day * DAY_MS);
        let hours = Categorical::new(self.profile.hours[midnight..midnight + 24].iter().copied());
        let hour = hours.map_or(12, |hours| hours.sample(stream)) as i64;
        day * DAY_MS + hour * 3_600_000 + stream.below(3_600_000) as i64
    }

    fn visit(&self, visitor: &mut Visitor<'_>, name: &str, start_ms: i64, key: u64) -> Visit {
        visitor.begin_visit(month(start_ms));
        let structures = &self.profile.structures;
        let opening = structures.sample_opening(&mut visitor.stream);
        let mut visit = Visit { visitor: name.into(), start_ms, lists: Vec::new(), interactions: Vec::new() };
        let mut now = start_ms;
        for (number, &picks) in structures.opening(opening).iter().enumerate() {
            now = self.picks(visitor, &mut visit, now, picks);
            now += self.list(visitor, &mut visit, now, random::subkey(key, number as u64));
        }
        let clicked = visit.lists.iter().any(|shown| shown.impression.clicked().contains(&true));
        let picks = structures.sample_picks_after(opening, clicked, &mut visitor.stream);
        self.picks(visitor, &mut visit, now, picks);
        visit
    }

    /// Picks outside lists; returns the end time.
    fn picks(&self, visitor: &mut Visitor<'_>, visit: &mut Visit, start_ms: i64, picks: usize) -> i64 {
        (0..picks).fold(start_ms, |now, _| {
            let product = visitor.pick();
            self.interactions(visitor, visit, now, product, None)
        })
    }

    /// Shows a list and samples its clicks; returns the duration.
    fn list(&self, visitor: &mut Visitor<'_>, visit: &mut Visit, start_ms: i64, key: u64) -> i64 {
        let (Some(index), Some(model)) = (visitor.next_list(), &self.profile.clicks) else { return 0 };
        let list = &self.profile.lists[index].0;
        let products: Vec<usize> = list.items().iter().map(|item| self.index[item.as_str()]).collect();
        let mut reader = model.reader(list);
        let mut now = start_ms;
        let mut clicked = Vec::with_capacity(products.len());
        let marginal = model.marginal(list);
        let factors = keep_expected_clicks(
            &marginal,
            products.iter().map(|&product| visitor.click_odds_factor(product)).collect(),
        );
        for (place, (&product, factor)) in products.iter().zip(&factors).enumerate() {
            let click = random::uniform(key, place as u64) < multiply_odds(reader.probability(), *factor);
            reader.observe(click);
            clicked.push(click);
            if click {
                visitor.record(product);
                now = self.interactions(visitor, visit, now, product, Some(visit.lists.len()));
            }
        }
        let impression = Impression::new(list.clone(), clicked).expect("a click for each item");
        visit.lists.push(ShownList { time_ms: start_ms, impression });
        now + self.pause(visitor) - start_ms
    }

    /// A pick and what becomes of it; returns when it ended.
    fn interactions(
        &self,
        visitor: &mut Visitor<'_>,
        visit: &mut Visit,
        start_ms: i64,
        product: usize,
        list: Option<usize>,
    ) -> i64 {
        let funnel = self.profile.funnels[self.profile.category[product]];
        let pick_kind = self.profile.pick_kind;
        let mut kinds = vec![pick_kind];
        // A product goes through the later funnel stages once per visit.
        let first = !visit.interactions.iter().any(|interaction| interaction.product == product);
        let carted = pick_kind == InteractionKind::Click && first && visitor.stream.bernoulli(funnel.cart);
        if carted {
            kinds.push(InteractionKind::Cart);
        }
        let purchase =
            if carted || pick_kind == InteractionKind::Cart { funnel.cart_purchase } else { funnel.direct_purchase };
        let bought = pick_kind == InteractionKind::Purchase || first && visitor.stream.bernoulli(purchase);
        if bought && pick_kind != InteractionKind::Purchase {
            kinds.push(InteractionKind::Purchase);
        }
        if first && bought && visitor.stream.bernoulli(funnel.cancel) {
            kinds.push(InteractionKind::Cancel);
        }
        let mut time_ms = start_ms;
        for kind in kinds {
            visit.interactions.push(Interaction { time_ms, product, kind, list });
            time_ms += self.pause(visitor);
        }
        time_ms
    }

    fn pause(&self, visitor: &mut Visitor<'_>) -> i64 {
        self.profile.pauses[visitor.stream.below(self.profile.pauses.len())]
    }
}

/// Multiplies the odds of a probability.
fn multiply_odds(probability: f64, factor: f64) -> f64 {
    let odds = probability / (1.0 - probability) * factor;
    if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 }
}

/// Scales the factors so that the expected number of clicks stays the same: factors change which items are clicked, not how many.
fn keep_expected_clicks(probabilities: &[f64], factors: Vec<f64>) -> Vec<f64> {
    let target: f64 = probabilities.iter().sum();
    let expected = |scale: f64| -> f64 {
        probabilities.iter().zip(&factors).map(|(&p, factor)| multiply_odds(p, factor * scale)).sum()
    };
    // Expected clicks rise with the scale: bisect its logarithm.
    let (mut low, mut high) = (-50.0f64, 50.0f64);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        if expected(middle.exp()) < target { low = middle } else { high = middle }
    }
    factors.iter().map(|factor| factor * low.exp()).collect()
}
