//! The intent network's row, computed from the visitor's profile.

use std::collections::HashMap;

use windowshop_bundle::NetworkFile;
use windowshop_features::{Items, VisitEvent, VisitRow, Visits, visit::COLUMNS};
use windowshop_schema::{NetworkKind, TableSpec, VisitSpec};

use crate::{error::EngineError, profile::ProfileEvent, weights::Weights};

/// Computes the network's row from a profile.
pub struct VisitReader {
    visits: Visits,
    items: HashMap<String, KnownItem>,
    categories: Vec<String>,
}

/// Data of an item in the network's file.
struct KnownItem {
    price: Option<f32>,
    category: Option<u32>,
}

impl VisitReader {
    /// Reads the items of a network's file.
    ///
    /// # Errors
    /// [`EngineError::VisitVersion`], and [`EngineError::Weights`] for tables that do not fit each other.
    pub fn load(spec: &VisitSpec, table: &TableSpec, file: &NetworkFile) -> Result<Self, EngineError> {
        let all = Weights { kind: NetworkKind::Intent.name(), tensors: &file.weights };
        let visits = Visits::new(spec).map_err(EngineError::VisitVersion)?;
        let unknown = table.numeric.iter().any(|column| !COLUMNS.contains(&column.name.as_str()));
        if unknown || !table.categorical.is_empty() {
            return Err(all.fault("card", "a card with columns that no visit has"));
        }
        let mut items = HashMap::new();
        if !file.ids.is_empty() {
            let (_, prices) = all.tensor("item_prices", 1)?;
            all.expect(&[("item_prices", prices.len(), file.ids.len())])?;
            let categories = file.neighbours.get("category").ok_or_else(|| all.fault("category", "missing"))?;
            for (row, (id, &price)) in file.ids.iter().zip(prices).enumerate() {
                let category = categories.row(row as u32).0.first().copied();
                if category.is_some_and(|category| category as usize >= spec.categories.len()) {
                    return Err(all.fault("category", "an index without a category"));
                }
                items.insert(id.clone(), KnownItem { price: (price > 0.0).then_some(price), category });
            }
        }
        Ok(Self { visits, items, categories: spec.categories.clone() })
    }

    /// The row of the visit that is current at `now_ms`; `None` where it has no event yet. The data of a registered item replace
    /// those in the network's file.
    pub fn row(&self, profile: &[ProfileEvent], registered: &Items, now_ms: f64) -> Option<VisitRow> {
        let last = profile.last()?;
        if self.visits.is_pause(last.timestamp_ms, now_ms) {
            return None;
        }
        let events: Vec<VisitEvent<'_>> = profile.iter().map(|event| self.event(event, registered)).collect();
        self.visits.row(&events)
    }

    fn event<'a>(&'a self, event: &'a ProfileEvent, registered: &'a Items) -> VisitEvent<'a> {
        let page = registered.handle_of(&event.item_id).map(|handle| registered.get(handle));
        let known = self.items.get(&event.item_id);
        let category = || known.and_then(|item| Some(self.categories[item.category? as usize].as_str()));
        VisitEvent {
            kind: event.kind,
            item: &event.item_id,
            time_ms: event.timestamp_ms,
            price: page.and_then(|item| item.price).or_else(|| known.and_then(|item| item.price)),
            category: page.and_then(|item| item.category.as_deref()).or_else(category),
        }
    }
}
