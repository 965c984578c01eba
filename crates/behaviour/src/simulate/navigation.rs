//! Transitions between categories and products, within a visit and from visit to visit.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::calendar::month;
use super::shop_log::ShopLog;
use super::visitor_count::VisitorCount;

/// Pseudo-picks by which the seasonality of a category shrinks towards none.
const SEASON_STRENGTH: f64 = 20.0;
/// Most neighbours kept of a product.
const NEIGHBOURS: usize = 20;

/// Repeat rates of picks outside lists.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Repeats {
    /// P(a product picked before in the visit), for picks after the first.
    pub in_visit: f64,
    /// P(a product of an earlier visit), for other picks while such a product has not been picked is_repeat.
    pub later: f64,
    /// P(the category of the previous pick), for picks of new products.
    pub category: f64,
}

/// Transition probabilities of picks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Navigation {
    pub repeats: Repeats,
    /// P(a neighbour of the last pick).
    pub neighbour: f64,
    /// P(the same category), for picks that are no neighbour.
    pub same_category: f64,
    /// P(a visit starts in the favourite category).
    pub favourite: f64,
    /// Categories that follow each category within a visit, with counts. `[categories]`
    pub category_transitions: Vec<Vec<(usize, f64)>>,
    /// Products that follow each product more often than by chance, with the excess count. `[products]`
    pub neighbours: Vec<Vec<(usize, f64)>>,
    /// Relative popularity of each category by month. `[categories][12]`
    pub seasons: Vec<[f64; 12]>,
}

fn share(yes: f64, trials: f64) -> f64 {
    if trials > 0.0 { (yes / trials).clamp(0.0, 1.0) } else { 0.0 }
}

/// First new picks of visits: how often in the category of the visit before, and their categories.
#[derive(Default)]
struct Firsts {
    same: f64,
    trials: f64,
    of_category: HashMap<usize, f64>,
}

impl Navigation {
    /// Fits the transitions; those of fewer than `min_visitors` visitors are left out.
    pub fn fit(log: &ShopLog, category: &[usize], categories: usize, min_visitors: usize) -> Self {
        let transitions = Transitions::count(log, category);
        let mut category_transitions = vec![Vec::new(); categories];
        for (&(from, to), count) in
            transitions.between_categories.iter().filter(|(_, count)| count.visitors >= min_visitors)
        {
            category_transitions[from].push((to, count.weight));
        }
        let independence = Independence::of(&transitions.pairs, category, categories);
        let mut after: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
        let (mut excess_all, mut excess_same, mut all, mut all_same) = (0.0, 0.0, 0.0, 0.0);
        for (&(from, to), &count) in &transitions.pairs {
            let same = f64::from(u8::from(category[from] == category[to]));
            (all, all_same) = (all + count, all_same + same * count);
            let excess = independence.excess(from, to, count);
            // A visitor makes a transition to a new product once, so `count` is the number of visitors.
            if excess > 0.0 && count >= min_visitors as f64 {
                (excess_all, excess_same) = (excess_all + excess, excess_same + same * excess);
                after.entry(from).or_default().push((to, excess));
            }
        }
        let mut neighbours = vec![Vec::new(); log.products().len()];
        for (from, mut to) in after {
            to.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            to.truncate(NEIGHBOURS);
            neighbours[from] = to;
        }
        let firsts = transitions.firsts;
        let expected_share =
            firsts.of_category.values().map(|n| share(*n, firsts.of_category.values().sum()).powi(2)).sum::<f64>();
        let excess_share = (share(firsts.same, firsts.trials) - expected_share) / (1.0 - expected_share);
        Self {
            repeats: transitions.repeats,
            neighbour: share(excess_all, all),
            same_category: share(all_same - excess_same, all - excess_all),
            // Two visits both start in the favourite with the squared probability.
            favourite: if excess_share > 0.0 { excess_share.sqrt() } else { 0.0 },
            category_transitions,
            neighbours,
            seasons: seasons(log, category, categories),
        }
    }
}

/// Expected transitions between products if only categories depended on each other.
struct Independence<'a> {
    category: &'a [usize],
    /// Transitions from each product, to each product, to each category. `[products]`, `[products]`, `[categories]`
    from: BTreeMap<usize, f64>,
    to: BTreeMap<usize, f64>,
    to_category: Vec<f64>,
    /// Transitions between categories, and from each.
    between: BTreeMap<(usize, usize), f64>,
    from_category: Vec<f64>,
}

impl<'a> Independence<'a> {
    fn of(pairs: &BTreeMap<(usize, usize), f64>, category: &'a [usize], categories: usize) -> Self {
        let (from_category, to_category) = (vec![0.0; categories], vec![0.0; categories]);
        let (from, to, between) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut independence = Self { category, from, to, to_category, between, from_category };
        for (&(from, to), count) in pairs {
            *independence.from.entry(from).or_default() += count;
            *independence.to.entry(to).or_default() += count;
            *independence.between.entry((category[from], category[to])).or_default() += count;
            independence.from_category[category[from]] += count;
            independence.to_category[category[to]] += count;
        }
        independence
    }

    /// Transitions beyond chance: `count` less one, because a single transition predicts nothing, less the expectation and its standard
    /// deviation.
    fn excess(&self, from: usize, to: usize, count: f64) -> f64 {
        let (from_category, to_category) = (self.category[from], self.category[to]);
        let between = self.between[&(from_category, to_category)] / self.from_category[from_category];
        let expected = self.from[&from] * between * self.to[&to] / self.to_category[to_category];
        count - 1.0 - expected - expected.sqrt()
    }
}

impl Repeats {
    pub fn of(log: &ShopLog, category: &[usize]) -> Self {
        Transitions::count(log, category).repeats
    }
}

struct Transitions {
    repeats: Repeats,
    /// Transitions to new products within a visit.
    pairs: BTreeMap<(usize, usize), f64>,
    /// The same between different categories.
    between_categories: BTreeMap<(usize, usize), VisitorCount>,
    firsts: Firsts,
}

impl Transitions {
    fn count(log: &ShopLog, category: &[usize]) -> Self {
        let mut pairs: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let mut between_categories: BTreeMap<(usize, usize), VisitorCount> = BTreeMap::new();
        let mut firsts = Firsts::default();
        let [mut in_visit, mut later, mut same] = [[0.0; 2]; 3];
        for (visitor, visits) in log.by_visitor().enumerate() {
            let mut earlier: HashSet<usize> = HashSet::new();
            let mut first_category: Option<usize> = None;
            for visit in visits {
                let mut in_this_visit: HashSet<usize> = HashSet::new();
                let mut last: Option<usize> = None;
                for interaction in visit.interactions.iter().filter(|interaction| interaction.kind == log.pick_kind()) {
                    let product = interaction.product;
                    let is_repeat = in_this_visit.contains(&product);
                    let is_known = earlier.contains(&product);
                    if interaction.list.is_none() {
                        if last.is_some() {
                            in_visit = [in_visit[0] + f64::from(u8::from(is_repeat)), in_visit[1] + 1.0];
                        }
                        if !is_repeat && earlier.difference(&in_this_visit).next().is_some() {
                            later = [later[0] + f64::from(u8::from(is_known)), later[1] + 1.0];
                        }
                        if !is_repeat
                            && !is_known
                            && let Some(last) = last
                        {
                            *pairs.entry((last, product)).or_default() += 1.0;
                            let (from, to) = (category[last], category[product]);
                            if from != to {
                                between_categories.entry((from, to)).or_default().add(visitor, 1.0);
                            }
                            same = [same[0] + f64::from(u8::from(from == to)), same[1] + 1.0];
                        }
                    }
                    if !is_repeat && !is_known && last.is_none() {
                        firsts.add(first_category.replace(category[product]), category[product]);
                    }
                    in_this_visit.insert(product);
                    last = Some(product);
                }
                earlier.extend(in_this_visit);
            }
        }
        let [in_visit, later, category] = [in_visit, later, same].map(|[yes, trials]| share(yes, trials));
        Self { repeats: Repeats { in_visit, later, category }, pairs, between_categories, firsts }
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
