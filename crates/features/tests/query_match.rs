//! Promises of the features that compare a query with a list of items.

use proptest::prelude::*;
use serde_json::Value;
use windowshop_features::{
    Items, PreparedItem, PreparedText, context, groups::query_match, matrix::Matrix, spec,
    text_statistics::TextStatistics,
};
use windowshop_schema::{Group, Item, Statistics};

const FIXTURE: &str = include_str!("../../../fixtures/features/query_match.json");
/// The reference computes in f64 and has no hashes; what is left is rounding.
const TOLERANCE: f32 = 1e-4;

struct Shop {
    statistics: TextStatistics,
    items: Items,
}

impl Shop {
    fn new(statistics: TextStatistics) -> Self {
        Self { statistics, items: Items::new(&Statistics::default()).unwrap() }
    }

    fn trained() -> Self {
        let fixture: Value = serde_json::from_str(FIXTURE).unwrap();
        let titles: Vec<PreparedText> = strings(&fixture["titles"]).iter().map(|t| PreparedText::new(t)).collect();
        Self::new(TextStatistics::fit(&titles, []))
    }

    fn list(&mut self, titles: &[impl AsRef<str>]) -> Vec<PreparedItem> {
        let item = |title: &str| Item { id: title.to_owned(), title: title.to_owned(), ..Default::default() };
        titles.iter().map(|title| self.add(&item(title.as_ref()))).collect()
    }

    fn add(&mut self, item: &Item) -> PreparedItem {
        let handle = self.items.register(item, &Statistics::default(), &self.statistics);
        self.items.get(handle).clone()
    }

    fn matches(&mut self, query: &str, titles: &[impl AsRef<str>]) -> Matrix {
        let items = self.list(titles);
        self.features(query, &items)
    }

    fn features(&self, query: &str, items: &[PreparedItem]) -> Matrix {
        query_match::features(&PreparedText::new(query), &items.iter().collect::<Vec<_>>(), &self.statistics)
    }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32).collect()
}

fn column(name: &str) -> usize {
    spec::columns(Group::QueryMatch).iter().position(|n| n == name).unwrap()
}

fn assert_close(what: &str, names: &[String], found: &[f32], expected: &[f32]) {
    for ((name, found), expected) in names.iter().zip(found).zip(expected) {
        let tolerance = TOLERANCE * expected.abs().max(1.0);
        assert!((found - expected).abs() <= tolerance, "{what}: {name} is {found}, the reference says {expected}");
    }
}

#[test]
fn every_feature_equals_the_reference() {
    let fixture: Value = serde_json::from_str(FIXTURE).unwrap();
    let mut shop = Shop::trained();
    for list in fixture["lists"].as_array().unwrap() {
        let (query, titles) = (list["query"].as_str().unwrap(), strings(&list["titles"]));
        let matches = shop.matches(query, &titles);
        for (row, title) in titles.iter().enumerate() {
            let expected = numbers(&list["rows"][row]);
            assert_eq!(expected.len(), matches.columns);
            assert_close(&format!("{query} / {title}"), &spec::columns(Group::QueryMatch), matches.row(row), &expected);
        }
        let context = context::features(Some(&PreparedText::new(query)), &matches, 0, titles.len(), &shop.statistics);
        assert_close(query, &context::names(), context.row(0), &numbers(&list["context"]));
    }
}

#[test]
fn a_bundle_at_half_precision_changes_next_to_nothing() {
    let mut exact = Shop::trained();
    let mut tables = exact.statistics.to_tables();
    for value in tables.values_mut().flatten() {
        // Ten explicit bits of mantissa, as in half precision.
        *value = f32::from_bits((value.to_bits() + 0x1000) & !0x1fff);
    }
    let mut half =
        Shop::new(TextStatistics::from_statistics(&Statistics { text: tables, ..Default::default() }).unwrap());
    let titles = ["Okari Rubber Garden Hose in Red", "Zuntec Umbrella Stand", "红色雨伞 折叠 防晒"];
    let (a, b) = (exact.matches("red hose 雨伞", &titles), half.matches("red hose 雨伞", &titles));
    for (k, (a, b)) in a.values.iter().zip(&b.values).enumerate() {
        assert!((a - b).abs() < 2e-3 * a.abs().max(1.0), "{}: {a} {b}", spec::columns(Group::QueryMatch)[k % 40]);
    }
}

#[test]
fn reordering_a_list_permutes_the_rows() {
    let mut shop = Shop::trained();
    let titles = ["Okari Garden Hose", "Norvik Desk Lamp in Red", "Garden Hose Reel", "红色雨伞"];
    let forward = shop.matches("red garden hose", &titles);
    let backward = shop.matches("red garden hose", &titles.iter().rev().collect::<Vec<_>>());
    for row in 0..4 {
        for (a, b) in forward.row(row).iter().zip(backward.row(3 - row)) {
            assert!((a - b).abs() < 1e-5, "{a} {b}");
        }
    }
}

#[test]
fn the_better_title_matches_better() {
    let mut shop = Shop::trained();
    let better = [
        ("red umbrella", "Okari Folding Umbrella in Red", "Okari Desk Lamp in Red"),
        ("umbrela", "Okari Umbrella", "Okari Backpack"),
        ("garden hose", "Zuntec GardenHose", "Zuntec Desk Lamp"),
        ("红色雨伞", "红色雨伞 折叠", "黑色双肩包 防水"),
        ("usb", "ＵＳＢ充电台灯", "充电台灯"),
    ];
    for (query, good, bad) in better {
        let matches = shop.matches(query, &[good, bad]);
        for name in ["fuzzy", "g3"] {
            let at = column(name);
            assert!(matches.row(0)[at] > matches.row(1)[at], "{query}: {name} {matches:?}");
        }
    }
}

#[test]
fn further_text_counts_less_than_the_title_and_more_than_nothing() {
    let mut shop = Shop::trained();
    let item = |title: &str, text: &str| Item {
        id: title.into(),
        title: title.into(),
        text: text.into(),
        ..Default::default()
    };
    let items = [item("Okari hose", ""), item("Okari", "a hose"), item("Zuntec", "")].map(|item| shop.add(&item));
    let fuzzy: Vec<f32> = shop.features("hose", &items).column(column("fuzzy")).collect();
    assert_eq!(fuzzy, [1.0, 0.7, 0.0]);
}

#[test]
fn without_words_everything_is_unknown() {
    let mut shop = Shop::trained();
    let matches = shop.matches("🎈", &["Okari Umbrella"]);
    assert!(matches.values.iter().all(|v| v.is_nan()));
    let context = context::features(None, &matches, 3, 1, &shop.statistics);
    let known: Vec<f32> = context.row(0).iter().copied().filter(|v| !v.is_nan()).collect();
    assert_eq!(known, [4f32.ln(), 2f32.ln(), 0.0, 1.0]);
    assert_eq!(shop.matches("umbrella", &[] as &[&str]).rows(), 0);
}

#[test]
fn a_shop_without_statistics_still_matches() {
    let mut shop = Shop::new(TextStatistics::from_statistics(&Statistics::default()).unwrap());
    let matches = shop.matches("umbrella for rain", &["red umbrella", "red lamp", ""]);
    assert!(matches.values.iter().all(|v| v.is_finite()));
    assert!(matches.row(0)[0] > matches.row(1)[0]);
}

#[test]
fn enormous_queries_and_emoji_are_harmless() {
    let mut shop = Shop::trained();
    for query in ["x ".repeat(50_000), "umbrella hose ".repeat(8_000), "红".repeat(33_000), "🎈".repeat(25_000)] {
        let matches = shop.matches(&query, &["Okari Umbrella", "🎉", "红色雨伞"]);
        assert_eq!(matches.rows(), 3);
        assert!(matches.values.iter().all(|v| v.is_finite()) || matches.values.iter().all(|v| v.is_nan()));
    }
}

proptest! {
    #[test]
    fn no_text_panics_and_no_feature_is_infinite(query in "\\PC{0,40}|[a-z0-9 &#;'\"/.(,-]{0,40}", titles in proptest::collection::vec("\\PC{0,60}|[a-z0-9 &#;'\"/.(,-]{0,60}", 0..5)) {
        let mut shop = Shop::trained();
        let prepared = PreparedText::new(&query);
        let matches = shop.matches(&query, &titles);
        prop_assert_eq!(matches.rows(), titles.len());
        let as_promised = |v: &f32| if prepared.is_empty() { v.is_nan() } else { v.is_finite() };
        prop_assert!(matches.values.iter().all(as_promised));
        let context = context::features(Some(&prepared), &matches, 0, titles.len(), &shop.statistics);
        prop_assert!(context.values.iter().all(|v| !v.is_infinite()));
    }
}
