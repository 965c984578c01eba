//! One visitor: what they like and what they pick next.

use std::collections::VecDeque;

use super::following;
use super::prices::{highest_preference, preference};
use super::profile::ShopProfile;
use windowshop_metrics::random::{Categorical, Stream};

/// Things thrown away before one that does not fit is taken after all.
const TRIES: usize = 30;
/// Steps out of a category that are believed to go anywhere.
const ANYWHERE: f64 = 5.0;

/// Draws that all visitors share, made ready once.
pub(super) struct Shelves<'a> {
    pub profile: &'a ShopProfile,
    /// Categories as they are looked at in each month. `[12]`
    months: Vec<Categorical>,
    /// Products of each category by popularity. `[categories]`
    products: Vec<Categorical>,
    left_for: Vec<Option<Categorical>>,
    neighbours: Vec<Option<Categorical>>,
    /// Lists of each category, and of all. `[categories]`
    lists: Vec<Option<(Vec<usize>, Categorical)>>,
    all_lists: Option<Categorical>,
    /// Lists that were shown after a product. `[products]`
    shown_after: Vec<Option<Categorical>>,
}

impl<'a> Shelves<'a> {
    pub fn new(profile: &'a ShopProfile) -> Self {
        // Every product has a popularity above 0, and a category has at least one.
        let drawn = |weights: Vec<f64>| Categorical::new(weights).expect("a shop has products that are picked");
        let of_category = |members: &Vec<usize>| -> f64 { members.iter().map(|&p| profile.popularity[p]).sum() };
        let popular: Vec<f64> = profile.members.iter().map(of_category).collect();
        let seasons = &profile.taste.seasons;
        let month = |m: usize| drawn(popular.iter().zip(seasons).map(|(weight, season)| weight * season[m]).collect());
        let counted = |things: &Vec<(usize, f64)>| Categorical::new(things.iter().map(|thing| thing.1));
        let lists = |category: usize| {
            let of = || profile.lists.iter().enumerate().filter(move |(_, list)| list.1 == category);
            let weights = Categorical::new(of().map(|(_, list)| list.2))?;
            Some((of().map(|(index, _)| index).collect(), weights))
        };
        Self {
            profile,
            months: (0..12).map(month).collect(),
            products: profile
                .members
                .iter()
                .map(|of| drawn(of.iter().map(|&p| profile.popularity[p]).collect()))
                .collect(),
            left_for: profile.taste.left_for.iter().map(counted).collect(),
            neighbours: profile.taste.neighbours.iter().map(counted).collect(),
            lists: (0..profile.members.len()).map(lists).collect(),
            all_lists: Categorical::new(profile.lists.iter().map(|list| list.2)),
            shown_after: profile.shown_after.iter().map(counted).collect(),
        }
    }
}

pub(super) struct Visitor<'a> {
    shelves: &'a Shelves<'a>,
    pub stream: Stream,
    favourite: usize,
    /// Normal with the variance of visitors' dearness.
    budget: f64,
    /// Picked in earlier visits.
    earlier: Vec<usize>,
    /// Picked in this visit.
    here: Vec<usize>,
    /// The latest picks of all.
    recent: VecDeque<usize>,
    category: Option<usize>,
    month: usize,
}

impl<'a> Visitor<'a> {
    pub fn new(shelves: &'a Shelves<'a>, key: u64, month: usize) -> Self {
        let mut stream = Stream::new(key);
        let favourite = shelves.months[month].sample(&mut stream);
        let budget = shelves.profile.prices.budget.sqrt() * stream.normal();
        let (earlier, here, recent) = (Vec::new(), Vec::new(), VecDeque::new());
        Self { shelves, stream, favourite, budget, earlier, here, recent, category: None, month }
    }

    pub fn begin_visit(&mut self, month: usize) {
        self.earlier.append(&mut self.here);
        (self.category, self.month) = (None, month);
    }

    /// Notes that a product was picked, wherever.
    pub fn note(&mut self, product: usize) {
        self.here.push(product);
        following::note(&mut self.recent, product);
        self.category = Some(self.shelves.profile.category[product]);
    }

    /// The next pick outside lists.
    pub fn pick(&mut self) -> usize {
        let taste = &self.shelves.profile.taste;
        let product = if !self.here.is_empty() && self.stream.bernoulli(taste.repeats.in_visit) {
            self.here[self.stream.below(self.here.len())]
        } else {
            self.remembered().or_else(|| self.neighbour()).unwrap_or_else(|| self.new_product())
        };
        self.note(product);
        product
    }

    /// Something of an earlier visit, if one is looked at again.
    fn remembered(&mut self) -> Option<usize> {
        if self.earlier.is_empty() || !self.stream.bernoulli(self.shelves.profile.taste.repeats.later) {
            return None;
        }
        let drawn: [usize; TRIES] = std::array::from_fn(|_| self.earlier[self.stream.below(self.earlier.len())]);
        drawn.into_iter().find(|product| !self.here.contains(product))
    }

    fn neighbour(&mut self) -> Option<usize> {
        let &last = self.here.last()?;
        let (shelves, taste) = (self.shelves, &self.shelves.profile.taste);
        let weights = shelves.neighbours[last].as_ref()?;
        if !self.stream.bernoulli(taste.follow) {
            return None;
        }
        (0..TRIES).find_map(|_| {
            let (product, _) = taste.neighbours[last][weights.sample(&mut self.stream)];
            self.suits(product).then_some(product)
        })
    }

    /// Whether a product drawn by popularity is new to the visitor and, as often as the budget has it, wanted.
    fn suits(&mut self, product: usize) -> bool {
        let prices = &self.shelves.profile.prices;
        let highest = highest_preference(self.budget, prices.budget);
        let wanted = self.preference(product) / highest;
        self.stream.bernoulli(wanted) && !self.is_known(product)
    }

    /// Something new of the category looked at next, or of another where nothing is new; who has seen nearly everything looks again.
    fn new_product(&mut self) -> usize {
        for _ in 0..TRIES {
            let category = self.next_category();
            if let Some(product) = self.new_of(category) {
                return product;
            }
            self.category = None;
        }
        let category = self.next_category();
        self.shelves.profile.members[category][self.shelves.products[category].sample(&mut self.stream)]
    }

    fn new_of(&mut self, category: usize) -> Option<usize> {
        let members = &self.shelves.profile.members[category];
        let popular = &self.shelves.products[category];
        for _ in 0..TRIES {
            let product = members[popular.sample(&mut self.stream)];
            if self.suits(product) {
                return Some(product);
            }
        }
        // Little is left that is new and wanted: weigh all of it.
        let popularity = &self.shelves.profile.popularity;
        let weight = |&product: &usize| match self.is_known(product) {
            true => 0.0,
            false => popularity[product] * self.preference(product),
        };
        let left = Categorical::new(members.iter().map(weight))?;
        Some(members[left.sample(&mut self.stream)])
    }

    fn is_known(&self, product: usize) -> bool {
        self.here.contains(&product) || self.earlier.contains(&product)
    }

    /// The category looked at next.
    pub fn next_category(&mut self) -> usize {
        let taste = &self.shelves.profile.taste;
        let anywhere = &self.shelves.months[self.month];
        let next = match self.category {
            None if self.stream.bernoulli(taste.loyalty) => self.favourite,
            None => anywhere.sample(&mut self.stream),
            Some(category) if self.stream.bernoulli(taste.stay) => category,
            Some(category) => {
                let seen: f64 = taste.left_for[category].iter().map(|to| to.1).sum();
                match &self.shelves.left_for[category] {
                    Some(weights) if self.stream.bernoulli(seen / (seen + ANYWHERE)) => {
                        taste.left_for[category][weights.sample(&mut self.stream)].0
                    }
                    _ => anywhere.sample(&mut self.stream),
                }
            }
        };
        self.category = Some(next);
        next
    }

    /// Index of the next list shown: one that was shown after what was picked of late, else one of the category looked at next. `None` where
    /// the log has none.
    pub fn next_list(&mut self) -> Option<usize> {
        let all = self.shelves.all_lists.as_ref()?;
        for &product in self.recent.iter().rev() {
            if let Some(weights) = &self.shelves.shown_after[product] {
                let list = self.shelves.profile.shown_after[product][weights.sample(&mut self.stream)].0;
                self.category = Some(self.shelves.profile.lists[list].1);
                return Some(list);
            }
        }
        let category = self.next_category();
        match &self.shelves.lists[category] {
            Some((lists, weights)) => Some(lists[weights.sample(&mut self.stream)]),
            None => Some(all.sample(&mut self.stream)),
        }
    }

    /// How much likelier than all visitors this one picks a product, by its price.
    pub fn preference(&self, product: usize) -> f64 {
        let prices = &self.shelves.profile.prices;
        preference(prices.dearness[product], self.budget, prices.budget)
    }

    /// By how much the odds of a click on a product in a list are multiplied: by what the budget and what was looked at before make of them.
    pub fn pull(&self, product: usize) -> f64 {
        let profile = self.shelves.profile;
        let affinity = profile.follows.affinity(&self.recent, product);
        self.preference(product).powf(profile.leaning) * (profile.following * affinity).exp()
    }
}
