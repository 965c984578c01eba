//! What visitors of a shop did, as plain structs: what a profile is fitted on, and what a simulation gives.

use std::collections::{BTreeMap, HashMap, HashSet};

use windowshop_schema::event::InteractionKind;

use crate::clicks::Impression;
use crate::error::BehaviourError;

/// A product.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// The shop's identifier.
    pub id: String,
    /// Category; empty where there is none.
    pub category: String,
    /// Above 0, in the shop's currency.
    pub price: Option<f64>,
}

/// Something done with an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// Index of the product.
    pub product: usize,
    /// What was done.
    pub kind: InteractionKind,
    /// Index of the visit's list in which it was done, if in one.
    pub list: Option<usize>,
}

/// A list that was shown, with its clicks.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// What was shown and clicked.
    pub impression: Impression,
}

/// A visitor's time in the shop: what was shown and what was done, in the order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Who.
    pub visitor: String,
    /// Milliseconds since 1970.
    pub start_ms: i64,
    /// Lists that were shown, in the order of time.
    pub lists: Vec<Shown>,
    /// What was done, in lists and outside.
    pub acts: Vec<Act>,
}

/// A log of at least one visit with at least one act, visitors together and each in the order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct ShopLog {
    products: Vec<Product>,
    visits: Vec<Visit>,
    leading: InteractionKind,
    /// Is nothing picked outside lists?
    lists_alone: bool,
}

impl ShopLog {
    /// # Errors
    /// When nothing was done, a product is named twice or has no price that can be, an act names no product or no list, or a list shows what
    /// is no product.
    pub fn new(products: Vec<Product>, mut visits: Vec<Visit>) -> Result<Self, BehaviourError> {
        let mut known = HashSet::new();
        for product in &products {
            if !known.insert(product.id.as_str()) {
                return Err(BehaviourError::RepeatedProduct { id: product.id.clone() });
            }
            if let Some(price) = product.price.filter(|price| !(price.is_finite() && *price > 0.0)) {
                return Err(BehaviourError::Price { id: product.id.clone(), found: price });
            }
        }
        for visit in &visits {
            for list in visit.lists.iter().map(|shown| shown.impression.list()) {
                if let Some(item) = list.items().iter().find(|item| !known.contains(item.as_str())) {
                    return Err(BehaviourError::UnknownItem { query: list.query().into(), item: item.clone() });
                }
            }
            for act in &visit.acts {
                let list_is_there = act.list.is_none_or(|list| list < visit.lists.len());
                if act.product >= products.len() || !list_is_there {
                    return Err(BehaviourError::Act {
                        visitor: visit.visitor.clone(),
                        product: act.product,
                        list: act.list,
                    });
                }
            }
        }
        // The earliest stage that the log has: a shop may log purchases alone.
        let done: HashSet<_> = visits.iter().flat_map(|visit| &visit.acts).map(|act| act.kind).collect();
        let leading = [InteractionKind::Click, InteractionKind::Cart, InteractionKind::Purchase];
        let leading = leading.into_iter().find(|kind| done.contains(kind)).ok_or(BehaviourError::EmptyVisits)?;
        let mut picks = visits.iter().flat_map(|visit| &visit.acts).filter(|act| act.kind == leading);
        let lists_alone = picks.all(|act| act.list.is_some());
        visits.sort_by(|a, b| (&a.visitor, a.start_ms).cmp(&(&b.visitor, b.start_ms)));
        Ok(Self { products, visits, leading, lists_alone })
    }

    /// Products, by index.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// Visits, those of a visitor together and in the order of time.
    pub fn visits(&self) -> &[Visit] {
        &self.visits
    }

    /// The earliest stage that the log has: clicks, or what stands for them. Acts of this kind are picks.
    pub fn leading(&self) -> InteractionKind {
        self.leading
    }

    /// How many visitors there are.
    pub fn visitors(&self) -> usize {
        self.by_visitor().count()
    }

    /// The visits of each visitor.
    pub(super) fn by_visitor(&self) -> impl Iterator<Item = &[Visit]> {
        self.visits.chunk_by(|a, b| a.visitor == b.visitor)
    }

    /// The products picked in a visit, in order.
    pub(super) fn picks<'a>(&self, visit: &'a Visit) -> impl Iterator<Item = usize> + Clone + use<'a> {
        let leading = self.leading;
        visit.acts.iter().filter(move |act| act.kind == leading).map(|act| act.product)
    }

    /// The products picked in a visit outside lists, in order: what is clicked in a list is what the list shows. All picks, where the whole
    /// log has none outside.
    pub(super) fn free_picks<'a>(&self, visit: &'a Visit) -> impl Iterator<Item = usize> + Clone + use<'a> {
        let (leading, all) = (self.leading, self.lists_alone);
        let free = move |act: &&Act| act.kind == leading && (all || act.list.is_none());
        visit.acts.iter().filter(free).map(|act| act.product)
    }

    /// Every list that was shown, with its clicks.
    pub fn impressions(&self) -> impl Iterator<Item = &Impression> {
        self.visits.iter().flat_map(|visit| &visit.lists).map(|shown| &shown.impression)
    }

    /// Products of each category, by its name.
    pub(super) fn categories(&self) -> BTreeMap<&str, Vec<usize>> {
        let mut categories: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, product) in self.products.iter().enumerate() {
            categories.entry(&product.category).or_default().push(index);
        }
        categories
    }

    /// Index of each product by its identifier.
    pub(super) fn index(&self) -> HashMap<&str, usize> {
        self.products.iter().enumerate().map(|(index, product)| (product.id.as_str(), index)).collect()
    }

    /// The log of the visitors whose number (in the order of visitors) `keep` accepts.
    pub(super) fn part(&self, keep: impl Fn(usize) -> bool) -> Option<Self> {
        let kept =
            self.by_visitor().enumerate().filter(|(number, _)| keep(*number)).flat_map(|(_, visits)| visits.to_vec());
        Self::new(self.products.clone(), kept.collect()).ok()
    }
}
