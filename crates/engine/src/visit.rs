//! What an intent network that reads visits makes of what this visitor did.

use std::collections::HashMap;

use windowshop_bundle::NetworkFile;
use windowshop_features::{Items, VisitEvent, VisitRow, Visits, visit::COLUMNS};
use windowshop_schema::{NetworkKind, TableSpec, VisitSpec};

use crate::{error::EngineError, profile::ProfileEvent, weights::Weights};

/// Turns a profile into the network's row.
pub struct VisitReader {
    visits: Visits,
    items: HashMap<String, Known>,
    categories: Vec<String>,
}

/// What the network's file says of an item.
struct Known {
    price: Option<f32>,
    category: Option<u32>,
}

impl VisitReader {
    /// Reads what a network's file says of the shop's items.
    ///
    /// # Errors
    /// [`EngineError::VisitVersion`], and [`EngineError::Weights`] for parts that do not belong together.
    pub fn load(spec: &VisitSpec, table: &TableSpec, file: &NetworkFile) -> Result<Self, EngineError> {
        let all = Weights { kind: NetworkKind::Intent.name(), tensors: &file.weights };
        let visits = Visits::new(spec).map_err(EngineError::VisitVersion)?;
        let strange = table.numeric.iter().any(|column| !COLUMNS.contains(&column.name.as_str()));
        if strange || !table.categorical.is_empty() {
            return Err(all.fault("card", "one with columns that are none of a visit"));
        }
        let mut items = HashMap::new();
        if !file.ids.is_empty() {
            let (_, prices) = all.tensor("item_prices", 1)?;
            all.expect(&[("item_prices", prices.len(), file.ids.len())])?;
            let categories = file.neighbours.get("category").ok_or_else(|| all.fault("category", "missing"))?;
            for (row, (id, &price)) in file.ids.iter().zip(prices).enumerate() {
                let category = categories.row(row as u32).0.first().copied();
                if category.is_some_and(|category| category as usize >= spec.categories.len()) {
                    return Err(all.fault("category", "a number that no category has"));
                }
                items.insert(id.clone(), Known { price: (price > 0.0).then_some(price), category });
            }
        }
        Ok(Self { visits, items, categories: spec.categories.clone() })
    }

    /// The row of the visit that is going on at `now_ms`; nothing where nothing was done in it yet. Of an item that the page
    /// has registered, the page knows better.
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
