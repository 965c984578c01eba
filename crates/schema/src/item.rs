//! A product as a shop describes it.

use serde::{Deserialize, Serialize};

/// A product. The trainer reads it from the catalogue, and a page registers it with the engine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Item {
    /// The shop's identifier, the key of the bundle's item index.
    pub id: String,
    /// Title, in any language.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub title: String,
    /// Further text that queries match: description, attributes, the title in another language.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub text: String,
    /// Category path or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Price in the shop's currency, above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<f32>,
    /// Mean star rating, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<f32>,
    /// Number of ratings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating_count: Option<u32>,
    /// Image embedding: a colour descriptor of 24 numbers, or the embedding of the image network that the ranker was trained
    /// with. An embedding of another length than in training is ignored. Not needed for items that were known at training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_embedding: Option<Vec<f32>>,
}
