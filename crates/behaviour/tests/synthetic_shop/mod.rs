//! A synthetic shop that several test binaries share.
#![allow(dead_code, missing_docs)] // each binary uses a part

use windowshop_behaviour::clicks::{AnySettings, Impression, List, PbmSettings};
use windowshop_behaviour::simulate::{
    Interaction, Product, ShopLog, ShopProfile, ShownList, SimulateSettings, Visit, simulate,
};
use windowshop_schema::event::InteractionKind;

pub const DAY_MS: i64 = 86_400_000;
/// 2025-01-06, a Monday.
pub const START_MS: i64 = 1_736_121_600_000;
pub const PRODUCTS: usize = 60;
pub const CATEGORIES: usize = 4;

/// SplitMix64 (Steele et al. 2014), in [0, 1).
pub struct Draws(pub u64);

impl Draws {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() * bound as f64) as usize
    }
}

pub fn products() -> Vec<Product> {
    let product = |i: usize| Product {
        id: format!("p{i}"),
        category: format!("c{}", i % CATEGORIES),
        price: (!i.is_multiple_of(7)).then_some(1.0 + (i / CATEGORIES) as f64),
    };
    (0..PRODUCTS).map(product).collect()
}

/// A shop with evening and weekend traffic, loyal visitors with price preferences, repeats, and lists with clicks.
pub fn shop(visitors: usize) -> ShopLog {
    let mut visits = Vec::new();
    for number in 0..visitors {
        let mut draws = Draws(number as u64 * 7_919 + 3);
        let (favourite, dear) = (draws.below(CATEGORIES), draws.next() < 0.5);
        let mut day = draws.below(60) as i64;
        let mut earlier: Vec<usize> = Vec::new();
        for _ in 0..1 + draws.below(4) {
            let hour = if draws.next() < 0.7 { 18 + draws.below(5) } else { draws.below(24) };
            let start_ms = START_MS + day * DAY_MS + hour as i64 * 3_600_000 + draws.below(3_600_000) as i64;
            let mut visit = Visit { visitor: format!("v{number}"), start_ms, lists: vec![], interactions: vec![] };
            let mut here: Vec<usize> = Vec::new();
            let mut category = if draws.next() < 0.7 { favourite } else { draws.below(CATEGORIES) };
            let mut time_ms = start_ms;
            let mut interaction = |visit: &mut Visit, draws: &mut Draws, product: usize, list: Option<usize>| {
                let mut add = |kind, draws: &mut Draws| {
                    visit.interactions.push(Interaction { time_ms, product, kind, list });
                    time_ms += 5_000 + draws.below(60_000) as i64;
                };
                add(InteractionKind::Click, draws);
                if draws.next() < 0.3 {
                    add(InteractionKind::Cart, draws);
                    if draws.next() < 0.5 {
                        add(InteractionKind::Purchase, draws);
                        if draws.next() < 0.2 {
                            add(InteractionKind::Cancel, draws);
                        }
                    }
                }
            };
            if draws.next() < 0.6 {
                let items: Vec<usize> =
                    (0..8).map(|i| (i * CATEGORIES * (1 + draws.below(2)) + category) % PRODUCTS).collect();
                let items: Vec<usize> =
                    items.iter().enumerate().filter(|(i, p)| !items[..*i].contains(p)).map(|(_, p)| *p).collect();
                let clicked: Vec<bool> = (0..items.len()).map(|i| draws.next() < 0.5 / (1.0 + i as f64)).collect();
                for (&product, _) in items.iter().zip(&clicked).filter(|(_, clicked)| **clicked) {
                    interaction(&mut visit, &mut draws, product, Some(0));
                    here.push(product);
                }
                let list =
                    List::ranked(format!("c{category}"), items.iter().map(|p| format!("p{p}")).collect()).unwrap();
                let impression = Impression::new(list, clicked).unwrap();
                visit.lists.push(ShownList { time_ms: start_ms, impression });
            }
            for _ in 0..1 + draws.below(5) {
                let product = if !here.is_empty() && draws.next() < 0.2 {
                    here[draws.below(here.len())]
                } else if !earlier.is_empty() && draws.next() < 0.3 {
                    earlier[draws.below(earlier.len())]
                } else {
                    category = if draws.next() < 0.75 { category } else { draws.below(CATEGORIES) };
                    let of_category = PRODUCTS / CATEGORIES;
                    let place = if dear {
                        of_category / 2 + draws.below(of_category - of_category / 2)
                    } else {
                        draws.below(of_category / 2)
                    };
                    place * CATEGORIES + category
                };
                interaction(&mut visit, &mut draws, product, None);
                here.push(product);
            }
            earlier.append(&mut here);
            visits.push(visit);
            day += 1 + draws.below(9) as i64;
        }
    }
    ShopLog::new(products(), visits).unwrap()
}

pub fn pbm() -> AnySettings {
    AnySettings::Pbm(PbmSettings::default())
}

pub fn simulated(log: &ShopLog, visitors: usize, seed: u64) -> ShopLog {
    let profile = ShopProfile::fit(log, &pbm()).unwrap();
    simulate(&profile, &SimulateSettings { visitors, seed, ..SimulateSettings::default() }).unwrap()
}

/// A visit with one interaction per product.
pub fn visit(visitor: &str, start_ms: i64, products: &[usize], kind: InteractionKind) -> Visit {
    let interactions = products.iter().enumerate().map(|(i, &product)| Interaction {
        time_ms: start_ms + i as i64 * 1_000,
        product,
        kind,
        list: None,
    });
    Visit { visitor: visitor.into(), start_ms, lists: vec![], interactions: interactions.collect() }
}
