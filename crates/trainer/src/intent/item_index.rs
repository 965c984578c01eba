//! Prices and categories of the shop's items in the file of an intent network for visits: a page needs them for items that it
//! does not show.

use std::collections::BTreeMap;

use windowshop_bundle::{NetworkFile, Tensor};
use windowshop_schema::{Item, Neighbours, VisitSpec};

/// Name of the prices among the weights, `[items]`; 0 is unknown.
pub const PRICES: &str = "item_prices";
/// Name of the relation from an item to the number of its category.
const CATEGORY: &str = "category";

/// Category numbers by category name, in the order of the names.
fn numbers(items: &[Item]) -> BTreeMap<&str, u32> {
    let mut numbers: BTreeMap<&str, u32> =
        items.iter().filter_map(|item| Some((item.category.as_deref()?, 0))).collect();
    numbers.values_mut().zip(0..).for_each(|(number, place)| *number = place);
    numbers
}

/// Writes the category names into `spec`.
pub fn name_categories(spec: &mut VisitSpec, items: &[Item]) {
    spec.categories = numbers(items).into_keys().map(str::to_owned).collect();
}

/// Adds the items with a known price or category to the file.
pub fn add(file: &mut NetworkFile, items: &[Item]) {
    let numbers = numbers(items);
    let known: Vec<&Item> = items.iter().filter(|item| item.price.is_some() || item.category.is_some()).collect();
    if known.is_empty() {
        return;
    }
    let category = |item: &&Item| item.category.as_deref().map(|name| (numbers[name], 1.0)).into_iter().collect();
    let prices = known.iter().map(|item| item.price.unwrap_or(0.0)).collect();
    file.ids = known.iter().map(|item| item.id.clone()).collect();
    file.neighbours.insert(CATEGORY.to_owned(), Neighbours::from_rows(known.iter().map(category).collect()));
    file.weights.0.insert(PRICES.to_owned(), Tensor { shape: vec![known.len()], data: prices });
}
