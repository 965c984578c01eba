//! A dataset as what visitors did, for fitting simulated ones.

use std::collections::{BTreeMap, HashMap};

use anyhow::bail;
use windowshop_behaviour::simulate::{Act, Product, ShopLog, Shown, Visit};
use windowshop_ingest::{Dataset, Interaction, List};
use windowshop_schema::InteractionKind;

use super::impressions::impression;

/// When everything begins in a shop whose times are not known: the year 2020.
const START_MS: i64 = 1_577_836_800_000;
/// Between two things that are done, where times are not known.
const STEP_MS: i64 = 60_000;

/// What visitors of a shop did, as far as a simulation may know.
pub struct Shop {
    pub log: ShopLog,
    /// Are times known?
    pub timed: bool,
    /// Lists that were left out.
    pub held_out: usize,
}

impl Shop {
    /// Reads the visitors of a dataset for whom `chosen` is true; of the lists, those for which `known` is true: others, and what answers
    /// them, are left out.
    ///
    /// # Errors
    /// When nobody did anything, or a list cannot be.
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
                "{}: nobody did anything in this dataset, or nobody of the share of visitors that is drawn: visitors are fitted to an event log or to histories; add [events] or [histories] to store.toml, or draw a larger share",
                dataset.name
            );
        }
        let log = ShopLog::new(dataset.items.iter().map(product).collect(), visits)?;
        Ok(Self { log, timed, held_out: lists.iter().filter(|list| list.is_none()).count() })
    }
}

/// Something of a visitor's time in the shop. What is shown comes before what is done at the same time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moment {
    Shown(usize),
    Done(usize),
}

/// Visits of an event log: a pause longer than `clean.session_gap_minutes` begins one.
fn timed_visits(
    dataset: &Dataset,
    lists: &[Option<&List>],
    chosen: impl Fn(&str) -> bool,
) -> anyhow::Result<Vec<Visit>> {
    let gap_ms = (dataset.store.clean.session_gap_minutes * 60_000.0) as i64;
    let mut users: BTreeMap<&str, (&[Interaction], Vec<usize>)> = BTreeMap::new();
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
            .chain(interactions.iter().enumerate().map(|(i, done)| (done.time_ms, Moment::Done(i))))
            .collect();
        moments.sort_unstable();
        for visit in moments.chunk_by(|before, after| after.0 - before.0 <= gap_ms) {
            let mut found = Visit { visitor: user.into(), start_ms: visit[0].0, lists: Vec::new(), acts: Vec::new() };
            let mut numbers: HashMap<usize, usize> = HashMap::new();
            for &(time_ms, moment) in visit {
                match moment {
                    Moment::Shown(number) => {
                        let Some(list) = lists[number] else { continue };
                        numbers.insert(number, found.lists.len());
                        found.lists.push(Shown { time_ms, impression: impression(dataset, list, 1)? });
                    }
                    Moment::Done(i) => {
                        let Interaction { item, kind, list, .. } = interactions[i];
                        // What answers a list that is held out is a label.
                        if list.is_some_and(|list| lists[list as usize].is_none()) {
                            continue;
                        }
                        let list = list.and_then(|list| numbers.get(&(list as usize)).copied());
                        found.acts.push(Act { time_ms, product: item as usize, kind, list });
                    }
                }
            }
            if !found.lists.is_empty() || !found.acts.is_empty() {
                visits.push(found);
            }
        }
    }
    Ok(visits)
}

/// A visit for each history: its items one after the other, then the list that the user was shown and what was taken next.
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
        let mut visit = Visit { visitor: user.into(), start_ms: START_MS, lists: Vec::new(), acts: Vec::new() };
        let mut act = |visit: &mut Visit, item: u32, list: Option<usize>| {
            let kind = InteractionKind::Click;
            visit.acts.push(Act { time_ms, product: item as usize, kind, list });
            time_ms += STEP_MS;
            time_ms
        };
        let shown_ms = items.iter().map(|&item| act(&mut visit, item, None)).last().unwrap_or(START_MS);
        if let Some(list) = list {
            visit.lists.push(Shown { time_ms: shown_ms, impression: impression(dataset, list, 1)? });
            if let Some(target) = list.target {
                act(&mut visit, target, list.items.contains(&target).then_some(0));
            }
        }
        if !visit.acts.is_empty() || !visit.lists.is_empty() {
            visits.push(visit);
        }
    }
    Ok(visits)
}
