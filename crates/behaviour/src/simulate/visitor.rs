//! One simulated visitor: preferences, and the next pick.

use std::collections::VecDeque;

use windowshop_metrics::random::{Categorical, Stream};

use super::prices::{highest_preference, preference};
use super::profile::ShopProfile;
use super::session_effect;

/// Most rejected samples.
const MAX_TRIES: usize = 30;
/// Pseudo-transitions from a category to any category.
const ANY_CATEGORY_PRIOR: f64 = 5.0;

/// Distributions that all visitors share.
pub(super) struct SamplingTables<'a> {
    pub profile: &'a ShopProfile,
    /// Categories by month. `[12]`
    months: Vec<Categorical>,
    /// Products of each category by popularity. `[categories]`
    products: Vec<Categorical>,
    category_transitions: Vec<Option<Categorical>>,
    neighbours: Vec<Option<Categorical>>,
    /// Lists of each category. `[categories]`
    lists: Vec<Option<(Vec<usize>, Categorical)>>,
    /// Lists of all categories.
    all_lists: Option<Categorical>,
    /// Lists shown after each product. `[products]`
    shown_after: Vec<Option<Categorical>>,
}

impl<'a> SamplingTables<'a> {
    pub fn new(profile: &'a ShopProfile) -> Self {
        // Every product has a popularity above 0, and every category a product.
        let sampled = |weights: Vec<f64>| Categorical::new(weights).expect("popularities are above 0");
        let of_category = |members: &Vec<usize>| -> f64 { members.iter().map(|&p| profile.popularity[p]).sum() };
        let by_category: Vec<f64> = profile.members.iter().map(of_category).collect();
        let seasons = &profile.navigation.seasons;
        let month =
            |m: usize| sampled(by_category.iter().zip(seasons).map(|(weight, season)| weight * season[m]).collect());
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
                .map(|of| sampled(of.iter().map(|&p| profile.popularity[p]).collect()))
                .collect(),
            category_transitions: profile.navigation.category_transitions.iter().map(counted).collect(),
            neighbours: profile.navigation.neighbours.iter().map(counted).collect(),
            lists: (0..profile.members.len()).map(lists).collect(),
            all_lists: Categorical::new(profile.lists.iter().map(|list| list.2)),
            shown_after: profile.shown_after.iter().map(counted).collect(),
        }
    }
}

pub(super) struct Visitor<'a> {
    tables: &'a SamplingTables<'a>,
    pub stream: Stream,
    favourite: usize,
    /// Price preference: normal, with the intraclass correlation as variance.
    price_preference: f64,
    /// Products picked in earlier visits.
    earlier: Vec<usize>,
    /// Products picked in this visit.
    here: Vec<usize>,
    /// The last picks of all visits.
    recent: VecDeque<usize>,
    category: Option<usize>,
    month: usize,
}

impl<'a> Visitor<'a> {
    pub fn new(tables: &'a SamplingTables<'a>, key: u64, month: usize) -> Self {
        let mut stream = Stream::new(key);
        let favourite = tables.months[month].sample(&mut stream);
        let price_preference = tables.profile.prices.correlation.sqrt() * stream.normal();
        let (earlier, here, recent) = (Vec::new(), Vec::new(), VecDeque::new());
        Self { tables, stream, favourite, price_preference, earlier, here, recent, category: None, month }
    }

    pub fn begin_visit(&mut self, month: usize) {
        self.earlier.append(&mut self.here);
        (self.category, self.month) = (None, month);
    }

    /// Records a pick, in a list or outside.
    pub fn record(&mut self, product: usize) {
        self.here.push(product);
        session_effect::push_recent(&mut self.recent, product);
        self.category = Some(self.tables.profile.category[product]);
    }

    /// Samples the next pick outside lists.
    pub fn pick(&mut self) -> usize {
        let navigation = &self.tables.profile.navigation;
        let product = if !self.here.is_empty() && self.stream.bernoulli(navigation.repeats.in_visit) {
            self.here[self.stream.below(self.here.len())]
        } else {
            self.repeat_of_earlier_visit().or_else(|| self.neighbour()).unwrap_or_else(|| self.new_product())
        };
        self.record(product);
        product
    }

    /// A product of an earlier visit, if one is picked again.
    fn repeat_of_earlier_visit(&mut self) -> Option<usize> {
        if self.earlier.is_empty() || !self.stream.bernoulli(self.tables.profile.navigation.repeats.later) {
            return None;
        }
        let sampled: [usize; MAX_TRIES] = std::array::from_fn(|_| self.earlier[self.stream.below(self.earlier.len())]);
        sampled.into_iter().find(|product| !self.here.contains(product))
    }

    fn neighbour(&mut self) -> Option<usize> {
        let &last = self.here.last()?;
        let (tables, navigation) = (self.tables, &self.tables.profile.navigation);
        let weights = tables.neighbours[last].as_ref()?;
        if !self.stream.bernoulli(navigation.neighbour) {
            return None;
        }
        (0..MAX_TRIES).find_map(|_| {
            let (product, _) = navigation.neighbours[last][weights.sample(&mut self.stream)];
            self.accepts(product).then_some(product)
        })
    }

    /// Accepts a product that is new to the visitor, in proportion to the price preference.
    fn accepts(&mut self, product: usize) -> bool {
        let prices = &self.tables.profile.prices;
        let highest = highest_preference(self.price_preference, prices.correlation);
        let acceptance = self.preference(product) / highest;
        self.stream.bernoulli(acceptance) && !self.is_known(product)
    }

    /// A new product of the next category, or of another if that has none; a repeat if everything is known.
    fn new_product(&mut self) -> usize {
        for _ in 0..MAX_TRIES {
            let category = self.next_category();
            if let Some(product) = self.new_of(category) {
                return product;
            }
            self.category = None;
        }
        let category = self.next_category();
        self.tables.profile.members[category][self.tables.products[category].sample(&mut self.stream)]
    }

    fn new_of(&mut self, category: usize) -> Option<usize> {
        let members = &self.tables.profile.members[category];
        let by_category = &self.tables.products[category];
        for _ in 0..MAX_TRIES {
            let product = members[by_category.sample(&mut self.stream)];
            if self.accepts(product) {
                return Some(product);
            }
        }
        // Few new products are acceptable: sample from their exact distribution.
        let popularity = &self.tables.profile.popularity;
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

    /// Samples the next category.
    pub fn next_category(&mut self) -> usize {
        let navigation = &self.tables.profile.navigation;
        let all_categories = &self.tables.months[self.month];
        let next = match self.category {
            None if self.stream.bernoulli(navigation.favourite) => self.favourite,
            None => all_categories.sample(&mut self.stream),
            Some(category) if self.stream.bernoulli(navigation.same_category) => category,
            Some(category) => {
                let transitions: f64 = navigation.category_transitions[category].iter().map(|to| to.1).sum();
                match &self.tables.category_transitions[category] {
                    Some(weights) if self.stream.bernoulli(transitions / (transitions + ANY_CATEGORY_PRIOR)) => {
                        navigation.category_transitions[category][weights.sample(&mut self.stream)].0
                    }
                    _ => all_categories.sample(&mut self.stream),
                }
            }
        };
        self.category = Some(next);
        next
    }

    /// Index of the next list: one that follows a recent pick, else one of the next category. `None` if the log has no lists.
    pub fn next_list(&mut self) -> Option<usize> {
        let all = self.tables.all_lists.as_ref()?;
        for &product in self.recent.iter().rev() {
            if let Some(weights) = &self.tables.shown_after[product] {
                let list = self.tables.profile.shown_after[product][weights.sample(&mut self.stream)].0;
                self.category = Some(self.tables.profile.lists[list].1);
                return Some(list);
            }
        }
        let category = self.next_category();
        match &self.tables.lists[category] {
            Some((lists, weights)) => Some(lists[weights.sample(&mut self.stream)]),
            None => Some(all.sample(&mut self.stream)),
        }
    }

    /// Likelihood ratio of a product by its price, against all visitors.
    pub fn preference(&self, product: usize) -> f64 {
        let prices = &self.tables.profile.prices;
        preference(prices.price_score[product], self.price_preference, prices.correlation)
    }

    /// Factor of the click odds of a product in a list, from price preference and session.
    pub fn click_odds_factor(&self, product: usize) -> f64 {
        let profile = self.tables.profile;
        let affinity = profile.rules.affinity(&self.recent, product);
        self.preference(product).powf(profile.price_effect) * (profile.session_effect * affinity).exp()
    }
}
