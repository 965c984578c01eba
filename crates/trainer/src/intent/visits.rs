//! Labelled rows from the event log: moments of visits, and whether a purchase followed in the visit.
//!
//! Whether a moment becomes a row depends on the events before it, never on those after it: otherwise the sample would depend on
//! the outcome, and the predicted probabilities would be biased.

use anyhow::bail;
use windowshop_features::{VisitEvent, VisitRow, Visits, hash, visit};
use windowshop_ingest::{Dataset, Table, TableRow, Visitor};
use windowshop_schema::{InteractionKind, VisitSpec, visit::VISIT_VERSION};

/// The classes, in the order of the outputs.
pub const CLASSES: [&str; 2] = ["no purchase", "purchase"];

/// The k-th event of a visit is followed by a row with probability min(1, DENSE / k), so that long visits do not dominate.
const DENSE: u64 = 3;
const KEY: u64 = 31;

/// The moment after an event of a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Index into the dataset's visitors.
    pub visitor: usize,
    /// Number of events up to this moment.
    pub events: usize,
}

/// The specification of the rows of a dataset's visits, which the network's card keeps.
pub fn spec(dataset: &Dataset) -> VisitSpec {
    let prices: Vec<f64> = dataset.items.iter().filter_map(|item| item.price).map(f64::from).collect();
    let mean = prices.iter().sum::<f64>() / prices.len() as f64;
    VisitSpec {
        version: VISIT_VERSION,
        session_gap_minutes: dataset.store.clean.session_gap_minutes,
        double_click_s: dataset.store.clean.double_click_s,
        mean_price: (mean > 0.0).then_some(mean as f32),
        categories: Vec::new(),
    }
}

/// The events of a visitor in the form of the features crate.
pub fn events<'a>(dataset: &'a Dataset, visitor: &Visitor) -> Vec<VisitEvent<'a>> {
    let event = |interaction: &windowshop_ingest::Interaction| {
        let item = &dataset.items[interaction.item as usize];
        VisitEvent {
            kind: interaction.kind,
            item: &item.id,
            time_ms: interaction.time_ms as f64,
            price: item.price,
            category: item.category.as_deref(),
        }
    };
    visitor.interactions.iter().map(event).collect()
}

/// The rows of a dataset's visits and the moment of each; the key of a row is its visitor.
///
/// # Errors
/// If the version of the columns is unknown, or the dataset has no events.
pub fn rows(dataset: &Dataset, spec: &VisitSpec) -> anyhow::Result<(Table, Vec<Moment>)> {
    let visits = Visits::new(spec)?;
    let latest_ms = dataset.visitors.iter().filter_map(|visitor| visitor.interactions.last()).map(|last| last.time_ms);
    let Some(latest_ms) = latest_ms.max() else {
        bail!(
            "no visits in this dataset: expected events with a time; add an [events] section to store.toml and ingest again"
        );
    };
    let (mut cells, mut rows, mut moments) = (Vec::<VisitRow>::new(), Vec::new(), Vec::new());
    for (number, visitor) in dataset.visitors.iter().enumerate() {
        let events = events(dataset, visitor);
        for count in 1..=events.len() {
            let Some(start) = visits.start(&events[..count]) else { continue };
            if !is_drawn(&visitor.user, count, count - start) {
                continue;
            }
            let Some(label) = outcome(&visits, &events, count, latest_ms as f64) else { continue };
            cells.extend(visits.row(&events[..count]));
            rows.push(TableRow { key: visitor.user.clone(), label: label.into(), period: None });
            moments.push(Moment { visitor: number, events: count });
        }
    }
    Ok((Table { columns: visit::table(&cells), rows }, moments))
}

/// Whether a row follows a visitor's `count`-th event, the `place`-th of its visit.
fn is_drawn(user: &str, count: usize, place: usize) -> bool {
    let number = hash::combine(hash::hash(KEY, user.as_bytes()), count as u64);
    number % place as u64 >= (place as u64).saturating_sub(DENSE)
}

/// The class of a visit after its first `count` events; `None` if the visit may continue after the end of the log.
fn outcome(visits: &Visits, events: &[VisitEvent<'_>], count: usize, latest_ms: f64) -> Option<&'static str> {
    let [no, yes] = CLASSES;
    let mut last = &events[count - 1];
    for next in &events[count..] {
        if visits.begins(last, next) {
            return Some(no);
        }
        if next.kind == InteractionKind::Purchase {
            return Some(yes);
        }
        last = next;
    }
    visits.is_pause(last.time_ms, latest_ms).then_some(no)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use windowshop_ingest::{IngestOptions, ingest};

    use super::*;

    const STORE: &str = "name = \"log\"\n[events]\nfile = \"events.jsonl\"\n[privacy]\nuser_salt = \"salt\"\n";
    const START_S: u64 = 1_714_521_600;

    /// A dataset of `(visitor, minute, kind, item)`.
    fn dataset(events: &[(usize, u64, &str, usize)]) -> Dataset {
        let dir = tempfile::tempdir().unwrap();
        let item = |i: usize| {
            format!(
                "{{\"event\":\"item\",\"id\":\"i{i}\",\"timestamp\":\"{START_S}\",\"item\":\"i{i}\",\"fields\":[{{\"name\":\"price\",\"value\":{}}}]}}\n",
                i + 1
            )
        };
        let interaction = |(line, (visitor, minute, kind, item)): (usize, &(usize, u64, &str, usize))| {
            let time = START_S + minute * 60;
            format!(
                "{{\"event\":\"interaction\",\"id\":\"e{line}\",\"timestamp\":\"{time}\",\"type\":\"{kind}\",\"item\":\"i{item}\",\"user\":\"v{visitor}\"}}\n"
            )
        };
        let log: String = (0..9).map(item).chain(events.iter().enumerate().map(interaction)).collect();
        std::fs::write(dir.path().join("events.jsonl"), log).unwrap();
        let out = dir.path().join("dataset");
        ingest(&toml::from_str(STORE).unwrap(), dir.path(), &out, &IngestOptions::default()).unwrap();
        Dataset::open(&out).unwrap()
    }

    /// Every row by visitor and moment: label and cells.
    fn rows_of(events: &[(usize, u64, &str, usize)]) -> BTreeMap<(String, usize), (String, Vec<u32>)> {
        let dataset = dataset(events);
        let (table, moments) = rows(&dataset, &spec(&dataset)).unwrap();
        let cells = |row: usize| table.columns.iter().map(|column| column.cells.number(row).to_bits()).collect();
        let row = |(i, moment): (usize, &Moment)| {
            let key = (table.rows[i].key.clone(), moment.events);
            assert_eq!(key.0, dataset.visitors[moment.visitor].user);
            (key, (table.rows[i].label.clone(), cells(i)))
        };
        moments.iter().enumerate().map(row).collect()
    }

    #[test]
    fn the_class_is_whether_a_purchase_follows_in_the_visit() {
        let events = [
            (1, 0, "click", 1),
            (1, 1, "cart", 1),
            (1, 2, "purchase", 1),
            (1, 3, "purchase", 2),
            (1, 4, "click", 3),
            (1, 100, "click", 3),
            (2, 5_000, "click", 4),
            (2, 5_029, "click", 4),
            (3, 5_030, "click", 5),
        ];
        let dataset = dataset(&events);
        let (table, moments) = rows(&dataset, &spec(&dataset)).unwrap();
        let mut found: Vec<_> =
            moments.iter().zip(&table.rows).map(|(m, row)| (m.events, row.label.as_str())).collect();
        found.sort();
        // The last two visits may continue after the end of the log.
        assert_eq!(found, [(1, "purchase"), (2, "purchase"), (5, "no purchase"), (6, "no purchase")]);
    }

    #[test]
    fn later_events_change_neither_a_row_nor_whether_it_is_sampled() {
        let before = |i: usize| (i % 40, (i / 40 * 7) as u64, ["click", "cart", "click"][i % 3], i % 9);
        let noon = 120;
        let after = |turn: usize| {
            move |i: usize| {
                (i % 40, noon + (i * (turn + 3) % 700) as u64, ["purchase", "click", "cancel"][i / turn % 3], i % 7)
            }
        };
        let end = [(99, 100_000, "click", 0)];
        let log = |turn| (0..600).map(before).chain((0..300).map(after(turn))).chain(end).collect::<Vec<_>>();
        let (one, other) = (rows_of(&log(1)), rows_of(&log(2)));
        let early = |rows: &BTreeMap<(String, usize), (String, Vec<u32>)>| -> BTreeMap<_, _> {
            let early = rows.iter().filter(|((_, events), _)| *events <= 15);
            early.map(|(key, (_, cells))| (key.clone(), cells.clone())).collect()
        };
        assert!(early(&one).len() > 200 && early(&one).len() < 600, "{}", early(&one).len());
        assert_eq!(early(&one), early(&other));
        let labels =
            |rows: &BTreeMap<_, (String, _)>| rows.values().map(|(label, _)| label.clone()).collect::<Vec<_>>();
        assert_ne!(labels(&one), labels(&other), "the outcomes differ");
    }

    #[test]
    fn the_first_events_of_a_visit_are_all_sampled_and_later_ones_less_often() {
        let share = |place: usize| {
            let drawn = (0..6_000).filter(|i| is_drawn(&format!("visitor {i}"), i % 40 + place, place)).count();
            drawn as f64 / 6_000.0
        };
        assert_eq!([share(1), share(2), share(3)], [1.0; 3]);
        for place in [4, 6, 12, 60] {
            let expected = DENSE as f64 / place as f64;
            assert!((share(place) - expected).abs() < 0.03, "{place}: {}", share(place));
        }
    }
}
