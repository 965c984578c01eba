//! A product as a shop describes it.

use serde::{Deserialize, Serialize};

/// A product. The trainer reads it from the catalogue, a page registers it with the engine: the same type,
/// so that both compute the same features.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Item {
    /// The shop's own identifier; the key into the bundle's item index.
    pub id: String,
    /// Display name, in any language.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub title: String,
    /// Further text to match a query against: description, attributes, the title in another language.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub text: String,
    /// Category path or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Price in the shop's currency, above zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<f32>,
    /// Mean star rating, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<f32>,
    /// Number of ratings behind the mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating_count: Option<u32>,
    /// The photo's look, when the page computed one itself: its colour descriptor, [`crate::dims::COLOR_DESCRIPTOR_DIM`] numbers, or, for a
    /// ranker that was trained on the looks of an image network, that network's embedding. One of another length than the
    /// ranker's is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_embedding: Option<Vec<f32>>,
}
