//! Between datasets and the crate `windowshop-behaviour`.
//!
//! ```text
//! table or dataset -> impressions -> click model ──────────────┐
//! dataset -> shop (visits) -> profile -> simulated visits -> store (a folder that `trainer ingest` reads)
//! ```

pub mod click_model;
pub mod impressions;
pub mod origin;
pub mod shop;
pub mod store;
