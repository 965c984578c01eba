//! A visit as one row of a table, the intent network's input.
//!
//! A visit begins after a pause longer than the shop's session gap and after a purchase. A row describes a visit after its last
//! event and uses no later data.
//!
//! | column | range | value |
//! |---|---|---|
//! | `clicks`, `carts`, `cancels` | 0 and up | events of the kind |
//! | `items` | 1 and up | distinct items |
//! | `categories` | 0 and up | distinct categories of those items, if known |
//! | `repeats` | 0 and up | clicks on an item clicked before |
//! | `carted_items` | 0 and up | distinct items put into the cart |
//! | `events_since_cart` | 0 and up | events since the last cart event; missing without one |
//! | `seconds` | 0 and up | seconds from first to last event |
//! | `mean_gap`, `last_gap` | 0 and up | seconds between events, on average and between the last two; missing with one event |
//! | `price_mean`, `price_min`, `price_max` | above 0 | prices of its items over the store's mean price; missing where none is known |
//! | `price_last` | above 0 | the same of the item of the last event |
//! | `cart_price_mean`, `cart_price_min`, `cart_price_max` | above 0 | the same of the items put into the cart |
//! | `main_category_share` | 0 to 1 | share of the most frequent category among items with a known category; missing without one |
//! | `hour` | 0 to below 24 | hour of the last event with its fraction, UTC |
//! | `weekday` | 1 to 7 | its day, Monday first, UTC |
//! | `earlier_visits`, `earlier_purchases` | 0 and up | earlier visits of the visitor in the profile, and purchases in them |
//! | `days_since_visit`, `days_since_purchase` | 0 and up | days from the last of each to the visit's first event; missing without one |

use std::collections::BTreeMap;

use windowshop_schema::{
    InteractionKind,
    dims::MAX_PROFILE_EVENTS,
    table::{Cells, TableColumn},
    visit::{VISIT_VERSION, VisitSpec},
};

/// Column names, in order.
pub const COLUMNS: [&str; 25] = [
    "clicks",
    "carts",
    "cancels",
    "items",
    "categories",
    "repeats",
    "carted_items",
    "events_since_cart",
    "seconds",
    "mean_gap",
    "last_gap",
    "price_mean",
    "price_min",
    "price_max",
    "price_last",
    "cart_price_mean",
    "cart_price_min",
    "cart_price_max",
    "main_category_share",
    "hour",
    "weekday",
    "earlier_visits",
    "earlier_purchases",
    "days_since_visit",
    "days_since_purchase",
];

/// The cells of a row; NaN where missing.
pub type VisitRow = [f32; COLUMNS.len()];

const MINUTE_MS: f64 = 60_000.0;
const HOUR_MS: f64 = 3_600_000.0;
const DAY_MS: f64 = 86_400_000.0;
/// 1 January 1970 was a Thursday, three days after a Monday.
const FIRST_WEEKDAY: i64 = 3;

/// An event of a visitor with data of its item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VisitEvent<'a> {
    /// Kind of interaction.
    pub kind: InteractionKind,
    /// Identifier of the item.
    pub item: &'a str,
    /// Time in milliseconds since 1970.
    pub time_ms: f64,
    /// The item's price, above 0.
    pub price: Option<f32>,
    /// The item's category.
    pub category: Option<&'a str>,
}

/// A network was trained on another version of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the network expects version {found} of a visit's columns, this code computes version {VISIT_VERSION}")]
pub struct WrongVersion {
    /// Version of the network.
    pub found: u32,
}

/// Splits events into visits and computes rows.
#[derive(Clone, Copy, Debug)]
pub struct Visits {
    gap_ms: f64,
    double_click_ms: f64,
    mean_price: f64, // NaN: not known
}

impl Visits {
    /// With the parameters of a network.
    ///
    /// # Errors
    /// [`WrongVersion`] if the network has another version of the columns.
    pub fn new(spec: &VisitSpec) -> Result<Self, WrongVersion> {
        if spec.version != VISIT_VERSION {
            return Err(WrongVersion { found: spec.version });
        }
        let mean_price = spec.mean_price.map_or(f64::NAN, f64::from);
        let double_click_ms = spec.double_click_s * 1000.0;
        Ok(Self { gap_ms: spec.session_gap_minutes * MINUTE_MS, double_click_ms, mean_price })
    }

    /// True if a visit ends between events at `before_ms` and `after_ms`.
    pub fn is_pause(&self, before_ms: f64, after_ms: f64) -> bool {
        after_ms - before_ms > self.gap_ms
    }

    /// True if a new visit begins with `next`, the event after `event`. Consecutive purchases belong to one visit.
    pub fn begins(&self, event: &VisitEvent<'_>, next: &VisitEvent<'_>) -> bool {
        let bought = event.kind == InteractionKind::Purchase && next.kind != InteractionKind::Purchase;
        bought || self.is_pause(event.time_ms, next.time_ms)
    }

    /// Index of the first event of the last visit among a visitor's events, oldest first; `None` after a purchase.
    pub fn start(&self, events: &[VisitEvent<'_>]) -> Option<usize> {
        let last = events.last().filter(|last| last.kind != InteractionKind::Purchase)?;
        debug_assert!(last.time_ms.is_finite());
        Some((1..events.len()).rev().find(|&i| self.begins(&events[i - 1], &events[i])).unwrap_or(0))
    }

    /// The row of a visitor's last visit, after its last event. `events` has the visitor's events, oldest first; the last
    /// [`MAX_PROFILE_EVENTS`] are read, without double clicks. `None` after a purchase and without events.
    pub fn row(&self, events: &[VisitEvent<'_>]) -> Option<VisitRow> {
        let events = self.without_double_clicks(&events[events.len().saturating_sub(MAX_PROFILE_EVENTS)..]);
        let (earlier, visit) = events.split_at(self.start(&events)?);
        let (first, last) = (visit.first()?, visit.last()?);
        let count = |kind| visit.iter().filter(|event| event.kind == kind).count() as f64;
        let items = Items::of(visit);
        let since_cart = visit.iter().rev().position(|event| event.kind == InteractionKind::Cart);
        let seconds = (last.time_ms - first.time_ms) / 1000.0;
        let gaps = visit.len() as f64 - 1.0;
        let last_gap = visit.len().checked_sub(2).map(|i| (last.time_ms - visit[i].time_ms) / 1000.0);
        let [mean, min, max] = self.prices(items.by_id.values().filter_map(|item| item.price));
        let carted = || items.by_id.values().filter(|item| item.carted);
        let [cart_mean, cart_min, cart_max] = self.prices(carted().filter_map(|item| item.price));
        let days = |event: Option<&VisitEvent<'_>>| event.map(|event| (first.time_ms - event.time_ms) / DAY_MS);
        let purchase = |event: &&VisitEvent<'_>| event.kind == InteractionKind::Purchase;
        let visits = (1..=earlier.len()).filter(|&i| self.begins(&events[i - 1], &events[i])).count();
        let cells = [
            count(InteractionKind::Click),
            count(InteractionKind::Cart),
            count(InteractionKind::Cancel),
            items.by_id.len() as f64,
            items.categories.len() as f64,
            items.repeats as f64,
            carted().count() as f64,
            known(since_cart.map(|events| events as f64)),
            seconds,
            if gaps > 0.0 { seconds / gaps } else { f64::NAN },
            known(last_gap),
            mean,
            min,
            max,
            known(price(last).map(|price| price / self.mean_price)),
            cart_mean,
            cart_min,
            cart_max,
            items.main_category_share(),
            last.time_ms.rem_euclid(DAY_MS) / HOUR_MS,
            (((last.time_ms / DAY_MS).floor() as i64 + FIRST_WEEKDAY).rem_euclid(7) + 1) as f64,
            visits as f64,
            earlier.iter().filter(purchase).count() as f64,
            known(days(earlier.last())),
            known(days(earlier.iter().rev().find(purchase))),
        ];
        Some(cells.map(|cell| cell as f32))
    }

    /// The events without double clicks.
    fn without_double_clicks<'a>(&self, events: &[VisitEvent<'a>]) -> Vec<VisitEvent<'a>> {
        let is_kept = |(i, event): &(usize, &VisitEvent<'a>)| {
            let shortly = |before: &&VisitEvent<'_>| event.time_ms - before.time_ms <= self.double_click_ms;
            let mut before = events[..*i].iter().rev().take_while(shortly);
            !before.any(|before| (before.kind, before.item) == (event.kind, event.item))
        };
        events.iter().enumerate().filter(is_kept).map(|(_, event)| *event).collect()
    }

    /// Mean, minimum and maximum of prices, each over the shop's mean price.
    fn prices(&self, prices: impl Iterator<Item = f64>) -> [f64; 3] {
        let (mut count, mut sum, mut min, mut max) = (0.0, 0.0, f64::NAN, f64::NAN);
        for price in prices {
            (count, sum) = (count + 1.0, sum + price);
            (min, max) = (price.min(min), price.max(max));
        }
        [sum / count, min, max].map(|price| price / self.mean_price)
    }
}

/// Rows as a table.
pub fn table(rows: &[VisitRow]) -> Vec<TableColumn> {
    let column = |(place, name): (usize, &&str)| TableColumn {
        name: (*name).to_owned(),
        cells: Cells::Numbers(rows.iter().map(|row| row[place]).collect()),
    };
    COLUMNS.iter().enumerate().map(column).collect()
}

fn known(cell: Option<f64>) -> f64 {
    cell.unwrap_or(f64::NAN)
}

fn price(event: &VisitEvent<'_>) -> Option<f64> {
    event.price.filter(|price| price.is_finite() && *price > 0.0).map(f64::from)
}

/// The distinct items of a visit, sorted by identifier so that sums have one order.
#[derive(Default)]
struct Items<'a> {
    by_id: BTreeMap<&'a str, VisitItem>,
    /// Number of items of each category.
    categories: BTreeMap<&'a str, usize>,
    repeats: usize,
}

#[derive(Default)]
struct VisitItem {
    price: Option<f64>,
    clicked: bool,
    carted: bool,
}

impl<'a> Items<'a> {
    fn of(visit: &[VisitEvent<'a>]) -> Self {
        let mut items = Self::default();
        for event in visit {
            if !items.by_id.contains_key(event.item) {
                event.category.into_iter().for_each(|category| *items.categories.entry(category).or_default() += 1);
            }
            let item = items.by_id.entry(event.item).or_default();
            item.price = price(event);
            item.carted |= event.kind == InteractionKind::Cart;
            if event.kind == InteractionKind::Click {
                items.repeats += usize::from(item.clicked);
                item.clicked = true;
            }
        }
        items
    }

    fn main_category_share(&self) -> f64 {
        let most = self.categories.values().copied().max();
        known(most.map(|most| most as f64 / self.categories.values().sum::<usize>() as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use InteractionKind::{Cancel, Cart, Click, Purchase};

    /// Wednesday, 1 May 2024, 06:00 UTC.
    const MORNING_MS: f64 = 1_714_543_200_000.0;

    fn spec() -> VisitSpec {
        VisitSpec {
            version: VISIT_VERSION,
            session_gap_minutes: 30.0,
            double_click_s: 2.0,
            mean_price: Some(10.0),
            categories: Vec::new(),
        }
    }

    /// An event some minutes after six.
    fn event(minute: f64, kind: InteractionKind, item: &'static str) -> VisitEvent<'static> {
        let (price, category) = match item {
            "mug" => (Some(5.0), Some("kitchen")),
            "pan" => (Some(20.0), Some("kitchen")),
            "hat" => (Some(30.0), Some("clothes")),
            _ => (None, None),
        };
        VisitEvent { kind, item, time_ms: MORNING_MS + minute * MINUTE_MS, price, category }
    }

    fn row(events: &[VisitEvent<'_>]) -> Option<VisitRow> {
        Visits::new(&spec()).unwrap().row(events)
    }

    fn cell(row: &VisitRow, name: &str) -> f32 {
        row[COLUMNS.iter().position(|column| *column == name).unwrap()]
    }

    fn assert_cells(row: &VisitRow, expected: &[(&str, f32)]) {
        for (name, expected) in expected {
            let found = cell(row, name);
            let same = (found - expected).abs() < 1e-6 || (found.is_nan() && expected.is_nan());
            assert!(same, "{name}: {found}, expected {expected}");
        }
    }

    #[test]
    fn a_row_has_counts_times_and_prices() {
        let visit = [
            event(0.0, Click, "mug"),
            event(1.0, Click, "hat"),
            event(3.0, Click, "mug"),
            event(3.5, Cart, "mug"),
            event(4.0, Click, "pan"),
            event(6.0, Cart, "pan"),
            event(7.5, Click, "thing"),
        ];
        let row = row(&visit).unwrap();
        assert_cells(&row, &[("clicks", 5.0), ("carts", 2.0), ("cancels", 0.0), ("items", 4.0), ("categories", 2.0)]);
        assert_cells(&row, &[("repeats", 1.0), ("carted_items", 2.0), ("events_since_cart", 1.0)]);
        assert_cells(&row, &[("seconds", 450.0), ("mean_gap", 75.0), ("last_gap", 90.0)]);
        assert_cells(
            &row,
            &[("price_mean", 5.5 / 3.0), ("price_min", 0.5), ("price_max", 3.0), ("price_last", f32::NAN)],
        );
        assert_cells(&row, &[("cart_price_mean", 1.25), ("cart_price_min", 0.5), ("cart_price_max", 2.0)]);
        assert_cells(&row, &[("main_category_share", 2.0 / 3.0), ("hour", 6.125), ("weekday", 3.0)]);
        assert_cells(&row, &[("earlier_visits", 0.0), ("earlier_purchases", 0.0), ("days_since_visit", f32::NAN)]);
    }

    #[test]
    fn a_visit_of_one_event_has_no_gaps() {
        let row = row(&[event(0.0, Click, "thing")]).unwrap();
        let missing =
            ["events_since_cart", "mean_gap", "last_gap", "price_mean", "cart_price_max", "main_category_share"];
        assert_cells(&row, &missing.map(|name| (name, f32::NAN)));
        assert_cells(&row, &[("seconds", 0.0), ("categories", 0.0)]);
    }

    #[test]
    fn a_double_click_counts_once() {
        let second = 1.0 / 60.0;
        let meant = [event(0.0, Click, "mug"), event(second, Cart, "mug"), event(5.0 * second, Click, "mug")];
        let [first, cart, again] = meant;
        let hasty = [first, event(0.5 * second, Click, "mug"), cart, event(3.0 * second, Cart, "mug"), again];
        assert_eq!(row(&hasty).unwrap().map(f32::to_bits), row(&meant).unwrap().map(f32::to_bits));
        assert_cells(&row(&meant).unwrap(), &[("clicks", 2.0), ("carts", 1.0), ("repeats", 1.0)]);
    }

    #[test]
    fn a_pause_and_a_purchase_end_a_visit_and_earlier_visits_are_counted() {
        let day = 24.0 * 60.0;
        let events = [
            event(-2.0 * day, Click, "hat"),
            event(-day, Click, "mug"),
            event(-day, Purchase, "mug"),
            event(1.0 - day, Purchase, "pan"),
            event(2.0 - day, Cancel, "pan"),
            event(0.0, Click, "hat"),
            event(30.0, Click, "hat"),
        ];
        assert_cells(
            &row(&events).unwrap(),
            &[("clicks", 2.0), ("cancels", 0.0), ("earlier_visits", 3.0), ("earlier_purchases", 2.0)],
        );
        let since = [("days_since_visit", 1.0 - 2.0 / 1440.0), ("days_since_purchase", 1.0 - 1.0 / 1440.0)];
        assert_cells(&row(&events).unwrap(), &since);
        let again = [events.as_slice(), &[event(60.1, Click, "mug")]].concat();
        assert_cells(&row(&again).unwrap(), &[("clicks", 1.0), ("earlier_visits", 4.0)]);
        assert_eq!((row(&events[..4]), row(&[])), (None, None));
        assert_cells(&row(&events[..5]).unwrap(), &[("cancels", 1.0), ("earlier_visits", 2.0)]);
    }

    #[test]
    fn only_the_events_of_a_profile_are_read() {
        let events: Vec<_> = (0..MAX_PROFILE_EVENTS + 50).map(|i| event(i as f64 * 31.0, Click, "mug")).collect();
        let remembered = &events[50..];
        let (all, some) = (row(&events).unwrap(), row(remembered).unwrap());
        assert_eq!(all.map(f32::to_bits), some.map(f32::to_bits));
        assert_cells(&all, &[("earlier_visits", MAX_PROFILE_EVENTS as f32 - 1.0)]);
    }

    #[test]
    fn without_a_mean_price_prices_are_missing() {
        let visits = Visits::new(&VisitSpec { mean_price: None, ..spec() }).unwrap();
        let row = visits.row(&[event(0.0, Cart, "mug")]).unwrap();
        assert_cells(&row, &[("price_last", f32::NAN), ("cart_price_min", f32::NAN), ("carts", 1.0)]);
    }

    #[test]
    fn columns_of_another_version_are_an_error() {
        let error = Visits::new(&VisitSpec { version: VISIT_VERSION + 1, ..spec() }).unwrap_err();
        assert_eq!(error, WrongVersion { found: VISIT_VERSION + 1 });
    }

    #[test]
    fn every_column_is_described_and_in_the_table() {
        let described = include_str!("visit.rs").lines().take_while(|line| line.starts_with("//!")).collect::<String>();
        for name in COLUMNS {
            assert!(described.contains(&format!("`{name}`")), "{name}");
        }
        let row = row(&[event(0.0, Cart, "mug")]).unwrap();
        let table = table(&[row]);
        let found: Vec<_> =
            table.iter().map(|column| (column.name.as_str(), column.cells.number(0).to_bits())).collect();
        assert_eq!(found, COLUMNS.iter().copied().zip(row.map(f32::to_bits)).collect::<Vec<_>>());
    }
}
