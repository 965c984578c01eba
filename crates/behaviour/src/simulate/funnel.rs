//! Conversion rates from a pick to the cart, a purchase, a cancellation.

use std::collections::{BTreeMap, BTreeSet};

use windowshop_schema::event::InteractionKind;

use super::shop_log::ShopLog;

/// Pseudo-picks by which a category's rates shrink towards those of all picks.
const STRENGTH: f64 = 20.0;

/// Rates per product picked in a visit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Funnel {
    /// P(into the cart).
    pub cart: f64,
    /// P(purchase | in the cart).
    pub cart_purchase: f64,
    /// P(purchase | not in the cart).
    pub direct_purchase: f64,
    /// P(cancellation | purchase).
    pub cancel: f64,
}

/// Successes and trials of each rate.
type Counts = [[f64; 2]; 4];

impl Funnel {
    /// Rates over all picks.
    pub fn of_all(log: &ShopLog) -> Self {
        Self::from(counts(log, |_| 0).remove(&0).unwrap_or_default(), Self::default(), 0.0)
    }

    /// Rates of each category, `[categories]`.
    pub fn by_category(log: &ShopLog, category: &[usize], categories: usize) -> Vec<Self> {
        let all = Self::of_all(log);
        let counts = counts(log, |product| category[product]);
        let of = |c: usize| Self::from(counts.get(&c).copied().unwrap_or_default(), all, STRENGTH);
        (0..categories).map(of).collect()
    }

    fn from(counts: Counts, all: Self, strength: f64) -> Self {
        let rate = |[yes, trials]: [f64; 2], all: f64| {
            if trials + strength > 0.0 { (yes + strength * all) / (trials + strength) } else { 0.0 }
        };
        Self {
            cart: rate(counts[0], all.cart),
            cart_purchase: rate(counts[1], all.cart_purchase),
            direct_purchase: rate(counts[2], all.direct_purchase),
            cancel: rate(counts[3], all.cancel),
        }
    }
}

/// Counts by `key` of the product. A cancellation may be in a later visit than its purchase.
fn counts(log: &ShopLog, key: impl Fn(usize) -> usize) -> BTreeMap<usize, Counts> {
    let mut counts: BTreeMap<usize, Counts> = BTreeMap::new();
    let mut add = |product: usize, rate: usize, yes: f64, trials: f64| {
        let [all_yes, all_trials] = &mut counts.entry(key(product)).or_default()[rate];
        *all_yes += yes;
        *all_trials += trials;
    };
    for visits in log.by_visitor() {
        let mut bought: BTreeMap<usize, [f64; 2]> = BTreeMap::new();
        for visit in visits {
            let of = |kind| {
                visit
                    .interactions
                    .iter()
                    .filter(move |interaction| interaction.kind == kind)
                    .map(|interaction| interaction.product)
            };
            let carted: BTreeSet<usize> = of(InteractionKind::Cart).collect();
            let purchased: BTreeSet<usize> = of(InteractionKind::Purchase).collect();
            for product in log.picks(visit).collect::<BTreeSet<usize>>() {
                let (carted, purchased) = (carted.contains(&product), purchased.contains(&product));
                add(product, 0, f64::from(u8::from(carted)), 1.0);
                add(product, if carted { 1 } else { 2 }, f64::from(u8::from(purchased)), 1.0);
            }
            for product in purchased {
                bought.entry(product).or_default()[1] += 1.0;
            }
            for product in of(InteractionKind::Cancel) {
                bought.entry(product).or_default()[0] += 1.0;
            }
        }
        for (product, [cancelled, bought]) in bought {
            add(product, 3, cancelled.min(bought), bought);
        }
    }
    counts
}
