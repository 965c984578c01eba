//! What logs say about behaviour, between files and `windowshop-behaviour`.
//!
//! ```text
//! table or dataset -> impressions -> click model ──────────────┐
//! dataset -> shop (what visitors did) -> profile -> simulated shop -> store (a folder that `trainer ingest` reads)
//! ```

pub mod click_model;
pub mod impressions;
pub mod origin;
pub mod shop;
pub mod store;
