//! Microseconds per item of registering 1,000 items and of their query-match features: `cargo bench -p windowshop-features`.

use std::{hint::black_box, time::Instant};

use serde_json::Value;
use windowshop_features::{Items, PreparedItem, PreparedText, groups::query_match, text_statistics::TextStatistics};
use windowshop_schema::{Item, Statistics};

const FIXTURE: &str = include_str!("../../../fixtures/features/query_match.json");
const ITEMS: usize = 1_000;
/// Repetitions of each query, whose mean is printed.
const ROUNDS: usize = 50;
const QUERIES: [&str; 3] = ["hose", "red garden hose", "cordless drill with battery for garden hose reel 18 volt"];

fn micros_per_item(started: Instant, rounds: usize) -> f64 {
    started.elapsed().as_secs_f64() * 1e6 / (rounds * ITEMS) as f64
}

fn main() {
    let fixture: Value = serde_json::from_str(FIXTURE).expect("the fixture is JSON");
    let titles = fixture["titles"].as_array().expect("the fixture has titles");
    let titles: Vec<&str> = titles.iter().map(|title| title.as_str().expect("a title is a string")).collect();
    let prepared: Vec<PreparedText> = titles.iter().map(|title| PreparedText::new(title)).collect();
    let statistics = TextStatistics::fit(&prepared, []);
    // Distinct suffixes: about as many distinct words as a real list has.
    let titles = (0..ITEMS).map(|i| format!("{} series{} mk{}", titles[i % titles.len()], i, i * 7 % 500));
    let items: Vec<Item> = titles.map(|title| Item { id: title.clone(), title, ..Default::default() }).collect();

    let mut registry = Items::new(&Statistics::default()).expect("empty statistics are well-formed");
    let started = Instant::now();
    let registered: Vec<PreparedItem> = items
        .iter()
        .map(|item| {
            let handle = registry.register(item, &Statistics::default(), &statistics);
            registry.get(handle).clone()
        })
        .collect();
    println!("register: {:.2} µs per item", micros_per_item(started, 1));

    for query in QUERIES {
        let started = Instant::now();
        for _ in 0..ROUNDS {
            let references: Vec<&PreparedItem> = registered.iter().collect();
            black_box(query_match::features(&PreparedText::new(query), &references, &statistics));
        }
        let words = query.split(' ').count();
        println!("query of {words} words: {:.2} µs per item", micros_per_item(started, ROUNDS));
    }
}
