//! Converts a dataset to visits, to fit simulated visitors to.

use std::collections::{BTreeMap, HashMap};

use anyhow::bail;
use windowshop_behaviour::simulate::{Interaction, Product, ShopLog, ShownList, Visit};
use windowshop_ingest::{Dataset, List};
use windowshop_schema::InteractionKind;

use super::impressions::impression;

/// Start of all visits where times are unknown: the year 2020.
const START_MS: i64 = 1_577_836_800_000;
/// Time between interactions where times are unknown.
const STEP_MS: i64 = 60_000;

/// Visits of a dataset.
pub struct Shop {
    pub log: ShopLog,
    /// Whether times are known.
    pub timed: bool,
    /// Number of lists left out.
    pub held_out: usize,
}

impl Shop {
    /// Converts the visits of visitors for whom `chosen` is true. Lists for which `known` is false are left out, with their interactions.
    ///
    /// # Errors
    /// If there are no interactions, or a list is invalid.
    pub fn of(dataset: &Dataset, known: impl Fn(&List) -> bool, chosen: impl Fn(&str) -> bool) -> anyhow::Result<Self> {
        let product = |item: &windowshop_schema::Item| Product {
            id: item.id.clone(),
            category: item.category.clone().unwrap_or_default(),
            price: item.price.map(f64::from).filter(|price| *price > 0.0),
        };
        let lists: Vec<Option<&List>> =
            dataset.lists.iter().map(|list| (dataset.shop_order && known(list)).then_some(list)).collect();
        let timed = !dataset.visitors.is_empty();
        let visits = match timed {
            true => timed_visits(dataset, &lists, chosen)?,
            false => untimed_visits(dataset, &lists, chosen)?,
        };
        if visits.is_empty() {
            bail!(
                "{}: no interactions in this dataset, or none of the sampled share of visitors: visitors are fitted to an event log or to histories; add [events] or [histories] to store.toml, or sample a larger share",
                dataset.name
            );
        }
        let log = ShopLog::new(dataset.items.iter().map(product).collect(), visits)?;
        Ok(Self { log, timed, held_out: lists.iter().filter(|list| list.is_none()).count() })
    }
}

/// An event of a visitor. A list precedes interactions of the same time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Shown(usize),
    Interaction(usize),
}

/// Visits of an event log, separated by pauses longer than `clean.session_gap_minutes`.
fn timed_visits(
    dataset: &Dataset,
    lists: &[Option<&List>],
    chosen: impl Fn(&str) -> bool,
) -> anyhow::Result<Vec<Visit>> {
    let gap_ms = (dataset.store.clean.session_gap_minutes * 60_000.0) as i64;
    let mut users: BTreeMap<&str, (&[windowshop_ingest::Interaction], Vec<usize>)> = BTreeMap::new();
    for visitor in dataset.visitors.iter().filter(|visitor| chosen(&visitor.user)) {
        users.entry(&visitor.user).or_default().0 = &visitor.interactions;
    }
    for (number, list) in lists.iter().enumerate() {
        if let Some((user, _)) = list.and_then(|list| Some((list.user.as_deref()?, list.time_ms?))) {
            users.entry(user).or_default().1.push(number);
        }
    }
    let mut visits = Vec::new();
    for (user, (interactions, shown)) in users {
        let mut moments: Vec<(i64, Moment)> = shown
            .iter()
            .filter_map(|&number| Some((lists[number]?.time_ms?, Moment::Shown(number))))
            .chain(
                interactions.iter().enumerate().map(|(i, interaction)| (interaction.time_ms, Moment::Interaction(i))),
            )
            .collect();
        moments.sort_unstable();
        for visit in moments.chunk_by(|before, after| after.0 - before.0 <= gap_ms) {
            let mut found =
                Visit { visitor: user.into(), start_ms: visit[0].0, lists: Vec::new(), interactions: Vec::new() };
            let mut numbers: HashMap<usize, usize> = HashMap::new();
            for &(time_ms, moment) in visit {
                match moment {
                    Moment::Shown(number) => {
                        let Some(list) = lists[number] else { continue };
                        numbers.insert(number, found.lists.len());
                        found.lists.push(ShownList { time_ms, impression: impression(dataset, list, 1)? });
                    }
                    Moment::Interaction(i) => {
                        let windowshop_ingest::Interaction { item, kind, list, .. } = interactions[i];
                        // An interaction with a held-out list is a label.
                        if list.is_some_and(|list| lists[list as usize].is_none()) {
                            continue;
                        }
                        let list = list.and_then(|list| numbers.get(&(list as usize)).copied());
                        found.interactions.push(Interaction { time_ms, product: item as usize, kind, list });
                    }
                }
            }
            if !found.lists.is_empty() || !found.interactions.is_empty() {
                visits.push(found);
            }
        }
    }
    Ok(visits)
}

/// A visit per history: its items in order, then the list of the user and its target.
fn untimed_visits(
    dataset: &Dataset,
    lists: &[Option<&List>],
    chosen: impl Fn(&str) -> bool,
) -> anyhow::Result<Vec<Visit>> {
    let of_user: HashMap<&str, &List> =
        lists.iter().flatten().filter_map(|list| Some((list.user.as_deref()?, *list))).collect();
    let alone = dataset
        .histories
        .iter()
        .filter(|history| !history.held_out && !of_user.contains_key(history.user.as_str()) && chosen(&history.user));
    let alone = alone.map(|history| {
        let items = history.items.iter().chain(&history.target).copied();
        (history.user.as_str(), items.collect::<Vec<u32>>(), None)
    });
    let listed = lists.iter().flatten().filter_map(|list| {
        let items: Vec<u32> = list.session.iter().map(|event| event.item).collect();
        Some((list.user.as_deref()?, items, Some(*list)))
    });
    let mut visits = Vec::new();
    for (user, items, list) in alone.chain(listed) {
        let mut time_ms = START_MS;
        let mut visit = Visit { visitor: user.into(), start_ms: START_MS, lists: Vec::new(), interactions: Vec::new() };
        let mut interact = |visit: &mut Visit, item: u32, list: Option<usize>| {
            let kind = InteractionKind::Click;
            visit.interactions.push(Interaction { time_ms, product: item as usize, kind, list });
            time_ms += STEP_MS;
            time_ms
        };
        let shown_ms = items.iter().map(|&item| interact(&mut visit, item, None)).last().unwrap_or(START_MS);
        if let Some(list) = list {
            visit.lists.push(ShownList { time_ms: shown_ms, impression: impression(dataset, list, 1)? });
            if let Some(target) = list.target {
                interact(&mut visit, target, list.items.contains(&target).then_some(0));
            }
        }
        if !visit.interactions.is_empty() || !visit.lists.is_empty() {
            visits.push(visit);
        }
    }
    Ok(visits)
}
