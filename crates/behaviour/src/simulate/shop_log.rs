//! Visits of a shop as plain structs: what a profile is fitted to, and what a simulation returns.

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

/// An interaction with a product.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// Index of the product.
    pub product: usize,
    /// Kind of the interaction.
    pub kind: InteractionKind,
    /// Index of the visit's list that it happened in, if any.
    pub list: Option<usize>,
}

/// A list that was shown, with its clicks.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownList {
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// The list and its clicks.
    pub impression: Impression,
}

/// One visit: lists and interactions, in the order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Identifier of the visitor.
    pub visitor: String,
    /// Milliseconds since 1970.
    pub start_ms: i64,
    /// Lists shown, in the order of time.
    pub lists: Vec<ShownList>,
    /// Interactions in lists and outside.
    pub interactions: Vec<Interaction>,
}

/// A log with at least one interaction. The visits of a visitor are contiguous and in the order of time.
///
/// A *pick* is an interaction of the earliest funnel stage that the log has.
#[derive(Clone, Debug, PartialEq)]
pub struct ShopLog {
    products: Vec<Product>,
    visits: Vec<Visit>,
    pick_kind: InteractionKind,
    /// Whether no pick is outside lists.
    only_in_lists: bool,
}

impl ShopLog {
    /// # Errors
    /// If there is no interaction, a product is repeated or has an invalid price, an interaction refers to no product or list, or a list shows
    /// an unknown product.
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
            for interaction in &visit.interactions {
                let list_is_there = interaction.list.is_none_or(|list| list < visit.lists.len());
                if interaction.product >= products.len() || !list_is_there {
                    return Err(BehaviourError::Interaction {
                        visitor: visit.visitor.clone(),
                        product: interaction.product,
                        list: interaction.list,
                    });
                }
            }
        }
        let kinds: HashSet<_> =
            visits.iter().flat_map(|visit| &visit.interactions).map(|interaction| interaction.kind).collect();
        let pick_kind = [InteractionKind::Click, InteractionKind::Cart, InteractionKind::Purchase];
        let pick_kind = pick_kind.into_iter().find(|kind| kinds.contains(kind)).ok_or(BehaviourError::EmptyVisits)?;
        let mut picks =
            visits.iter().flat_map(|visit| &visit.interactions).filter(|interaction| interaction.kind == pick_kind);
        let only_in_lists = picks.all(|interaction| interaction.list.is_some());
        visits.sort_by(|a, b| (&a.visitor, a.start_ms).cmp(&(&b.visitor, b.start_ms)));
        Ok(Self { products, visits, pick_kind, only_in_lists })
    }

    /// Products, by index.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// Visits; those of a visitor are contiguous and in the order of time.
    pub fn visits(&self) -> &[Visit] {
        &self.visits
    }

    /// The kind of interaction that is a pick.
    pub fn pick_kind(&self) -> InteractionKind {
        self.pick_kind
    }

    /// Number of visitors.
    pub fn visitors(&self) -> usize {
        self.by_visitor().count()
    }

    /// The visits of each visitor.
    pub(super) fn by_visitor(&self) -> impl Iterator<Item = &[Visit]> {
        self.visits.chunk_by(|a, b| a.visitor == b.visitor)
    }

    /// Products picked in a visit, in order.
    pub(super) fn picks<'a>(&self, visit: &'a Visit) -> impl Iterator<Item = usize> + Clone + use<'a> {
        let pick_kind = self.pick_kind;
        visit
            .interactions
            .iter()
            .filter(move |interaction| interaction.kind == pick_kind)
            .map(|interaction| interaction.product)
    }

    /// Products picked in a visit outside lists, in order; all picks if the whole log has none outside.
    pub(super) fn picks_outside_lists<'a>(&self, visit: &'a Visit) -> impl Iterator<Item = usize> + Clone + use<'a> {
        let (pick_kind, all) = (self.pick_kind, self.only_in_lists);
        let is_outside =
            move |interaction: &&Interaction| interaction.kind == pick_kind && (all || interaction.list.is_none());
        visit.interactions.iter().filter(is_outside).map(|interaction| interaction.product)
    }

    /// Every list shown, with its clicks.
    pub fn impressions(&self) -> impl Iterator<Item = &Impression> {
        self.visits.iter().flat_map(|visit| &visit.lists).map(|shown| &shown.impression)
    }

    /// Products of each category, by name.
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

    /// The log of the visitors whose number `keep` accepts; `None` if they have no interaction.
    pub(super) fn subset(&self, keep: impl Fn(usize) -> bool) -> Option<Self> {
        let kept =
            self.by_visitor().enumerate().filter(|(number, _)| keep(*number)).flat_map(|(_, visits)| visits.to_vec());
        Self::new(self.products.clone(), kept.collect()).ok()
    }
}
