//! Which categories and products follow which, in a visit and from visit to visit.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::calendar::month;
use super::seen::Seen;
use super::shop_log::ShopLog;

/// Picks of a category in a month that its season leans on none.
const SEASON_STRENGTH: f64 = 20.0;
/// Neighbours of a product that are kept.
const NEIGHBOURS: usize = 20;

/// How often things are picked again outside lists (what is clicked in a list is the list's doing).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Repeats {
    /// Of picks after a visit's first: those of a product that was picked before in the visit.
    pub in_visit: f64,
    /// Of the others, where something picked in an earlier visit is not yet picked again: those of such a product.
    pub later: f64,
    /// Of a visit's picks that are of neither kind and follow another pick: those of the category just looked at.
    pub category: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Taste {
    pub repeats: Repeats,
    /// Probability that a pick is a neighbour of the last.
    pub follow: f64,
    /// Probability that a pick which is not is of the same category.
    pub stay: f64,
    /// Probability that a visit begins in the visitor's favourite category.
    pub loyalty: f64,
    /// Categories that others were left for, and how often. `[categories]`
    pub left_for: Vec<Vec<(usize, f64)>>,
    /// Products picked after others, and how often beyond chance. `[products]`
    pub neighbours: Vec<Vec<(usize, f64)>>,
    /// How much more than usual a category is looked at in each month. `[categories][12]`
    pub seasons: Vec<[f64; 12]>,
}

fn share(yes: f64, trials: f64) -> f64 {
    if trials > 0.0 { (yes / trials).clamp(0.0, 1.0) } else { 0.0 }
}

/// How often a visit's first new pick is in the category of the visit before, and by chance would be.
#[derive(Default)]
struct Firsts {
    same: f64,
    trials: f64,
    of_category: HashMap<usize, f64>,
}

impl Taste {
    /// What fewer than `min_visitors` visitors did is not followed.
    pub fn fit(log: &ShopLog, category: &[usize], categories: usize, min_visitors: usize) -> Self {
        let steps = Steps::count(log, category);
        let mut left_for = vec![Vec::new(); categories];
        for (&(from, to), seen) in steps.left.iter().filter(|(_, seen)| seen.visitors >= min_visitors) {
            left_for[from].push((to, seen.weight));
        }
        let chance = Chance::of(&steps.pairs, category, categories);
        let mut after: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
        let (mut follows, mut follows_same, mut all, mut all_same) = (0.0, 0.0, 0.0, 0.0);
        for (&(from, to), &count) in &steps.pairs {
            let same = f64::from(u8::from(category[from] == category[to]));
            (all, all_same) = (all + count, all_same + same * count);
            let excess = chance.excess(from, to, count);
            // A visitor makes a step to something new once: so many visitors made it.
            if excess > 0.0 && count >= min_visitors as f64 {
                (follows, follows_same) = (follows + excess, follows_same + same * excess);
                after.entry(from).or_default().push((to, excess));
            }
        }
        let mut neighbours = vec![Vec::new(); log.products().len()];
        for (from, mut to) in after {
            to.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            to.truncate(NEIGHBOURS);
            neighbours[from] = to;
        }
        let firsts = steps.firsts;
        let by_chance =
            firsts.of_category.values().map(|n| share(*n, firsts.of_category.values().sum()).powi(2)).sum::<f64>();
        let beyond_chance = (share(firsts.same, firsts.trials) - by_chance) / (1.0 - by_chance);
        Self {
            repeats: steps.repeats,
            follow: share(follows, all),
            stay: share(all_same - follows_same, all - follows),
            // Both visits begin in the favourite with the square of its probability.
            loyalty: if beyond_chance > 0.0 { beyond_chance.sqrt() } else { 0.0 },
            left_for,
            neighbours,
            seasons: seasons(log, category, categories),
        }
    }
}

/// How often one product would follow another if only categories followed each other.
struct Chance<'a> {
    category: &'a [usize],
    /// Steps from each product, to each product, to each category. `[products]`, `[products]`, `[categories]`
    from: BTreeMap<usize, f64>,
    to: BTreeMap<usize, f64>,
    to_category: Vec<f64>,
    /// Steps between categories, and from each.
    between: BTreeMap<(usize, usize), f64>,
    from_category: Vec<f64>,
}

impl<'a> Chance<'a> {
    fn of(pairs: &BTreeMap<(usize, usize), f64>, category: &'a [usize], categories: usize) -> Self {
        let (from_category, to_category) = (vec![0.0; categories], vec![0.0; categories]);
        let (from, to, between) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut chance = Self { category, from, to, to_category, between, from_category };
        for (&(from, to), count) in pairs {
            *chance.from.entry(from).or_default() += count;
            *chance.to.entry(to).or_default() += count;
            *chance.between.entry((category[from], category[to])).or_default() += count;
            chance.from_category[category[from]] += count;
            chance.to_category[category[to]] += count;
        }
        chance
    }

    /// How often a step that was made `count` times was made beyond chance: less once, since once foretells nothing, less what is expected
    /// and its standard deviation.
    fn excess(&self, from: usize, to: usize, count: f64) -> f64 {
        let (from_category, to_category) = (self.category[from], self.category[to]);
        let between = self.between[&(from_category, to_category)] / self.from_category[from_category];
        let expected = self.from[&from] * between * self.to[&to] / self.to_category[to_category];
        count - 1.0 - expected - expected.sqrt()
    }
}

impl Repeats {
    pub fn of(log: &ShopLog, category: &[usize]) -> Self {
        Steps::count(log, category).repeats
    }
}

struct Steps {
    repeats: Repeats,
    /// How often a new pick followed another, in the same visit.
    pairs: BTreeMap<(usize, usize), f64>,
    /// How often one category was left for another so.
    left: BTreeMap<(usize, usize), Seen>,
    firsts: Firsts,
}

impl Steps {
    fn count(log: &ShopLog, category: &[usize]) -> Self {
        let mut pairs: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let mut left: BTreeMap<(usize, usize), Seen> = BTreeMap::new();
        let mut firsts = Firsts::default();
        let [mut in_visit, mut later, mut same] = [[0.0; 2]; 3];
        for (visitor, visits) in log.by_visitor().enumerate() {
            let mut earlier: HashSet<usize> = HashSet::new();
            let mut begun: Option<usize> = None;
            for visit in visits {
                let mut here: HashSet<usize> = HashSet::new();
                let mut last: Option<usize> = None;
                for act in visit.acts.iter().filter(|act| act.kind == log.leading()) {
                    let product = act.product;
                    let again = here.contains(&product);
                    let known = earlier.contains(&product);
                    if act.list.is_none() {
                        if last.is_some() {
                            in_visit = [in_visit[0] + f64::from(u8::from(again)), in_visit[1] + 1.0];
                        }
                        if !again && earlier.difference(&here).next().is_some() {
                            later = [later[0] + f64::from(u8::from(known)), later[1] + 1.0];
                        }
                        if !again
                            && !known
                            && let Some(last) = last
                        {
                            *pairs.entry((last, product)).or_default() += 1.0;
                            let (from, to) = (category[last], category[product]);
                            if from != to {
                                left.entry((from, to)).or_default().add(visitor, 1.0);
                            }
                            same = [same[0] + f64::from(u8::from(from == to)), same[1] + 1.0];
                        }
                    }
                    if !again && !known && last.is_none() {
                        firsts.add(begun.replace(category[product]), category[product]);
                    }
                    here.insert(product);
                    last = Some(product);
                }
                earlier.extend(here);
            }
        }
        let [in_visit, later, category] = [in_visit, later, same].map(|[yes, trials]| share(yes, trials));
        Self { repeats: Repeats { in_visit, later, category }, pairs, left, firsts }
    }
}

impl Firsts {
    fn add(&mut self, before: Option<usize>, category: usize) {
        *self.of_category.entry(category).or_default() += 1.0;
        if let Some(before) = before {
            self.same += f64::from(u8::from(before == category));
            self.trials += 1.0;
        }
    }
}

fn seasons(log: &ShopLog, category: &[usize], categories: usize) -> Vec<[f64; 12]> {
    let mut counts = vec![[0.0f64; 12]; categories];
    for visit in log.visits() {
        for product in log.picks(visit) {
            counts[category[product]][month(visit.start_ms)] += 1.0;
        }
    }
    let mut months = [0.0; 12];
    counts.iter().for_each(|of| months.iter_mut().zip(of).for_each(|(sum, n)| *sum += n));
    let all: f64 = months.iter().sum();
    let season = |of: &[f64; 12]| {
        let total: f64 = of.iter().sum();
        std::array::from_fn(|m| (of[m] + SEASON_STRENGTH) / (total * months[m] / all + SEASON_STRENGTH))
    };
    counts.iter().map(season).collect()
}
