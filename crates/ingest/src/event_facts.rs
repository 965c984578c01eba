//! The product facts of `item` events, as text columns.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Builder, StringBuilder};
use serde_json::Value;
use windowshop_schema::event::Field;

/// The fields that are read.
pub(crate) const FACTS: [&str; 8] =
    ["title", "text", "category", "price", "rating", "rating_count", "image", "image_embedding"];

#[derive(Default)]
pub(crate) struct Facts {
    row: Int64Builder,
    item: StringBuilder,
    texts: [StringBuilder; FACTS.len()],
}

impl Facts {
    pub(crate) fn push(&mut self, row: i64, item: &str, fields: &[Field]) {
        self.row.append_value(row);
        self.item.append_value(item.trim());
        for (builder, name) in self.texts.iter_mut().zip(FACTS) {
            let value = fields.iter().rev().find(|field| field.name == name).and_then(|field| text(&field.value));
            builder.append_option(value);
        }
    }

    pub(crate) fn finish(mut self) -> Vec<(&'static str, ArrayRef)> {
        let mut columns: Vec<(&'static str, ArrayRef)> =
            vec![("row", Arc::new(self.row.finish())), ("item", Arc::new(self.item.finish()))];
        columns.extend(
            FACTS.into_iter().zip(&mut self.texts).map(|(name, text)| (name, Arc::new(text.finish()) as ArrayRef)),
        );
        columns
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(values) => Some(values.iter().filter_map(text).collect::<Vec<_>>().join(" ")),
        Value::Null | Value::Object(_) => None,
    }
}
