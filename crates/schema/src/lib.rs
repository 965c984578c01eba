//! Types that all crates share. No network code, no file access, no tensors.
//!
//! A value of one of these types is valid: parse at the edge, trust inside.

pub mod config;
pub mod dims;
pub mod event;
pub mod grade;
pub mod group;
pub mod item;
pub mod manifest;
pub mod network;
pub mod request;
pub mod sentiment;
pub mod statistics;
pub mod store;
pub mod table;
#[cfg(test)]
mod typescript;
pub mod visit;

pub use config::{
    GanConfig, GanLoss, GanNetwork, GanTrainConfig, ImageConfig, ImageNetwork, ImageTrainConfig, IntentConfig,
    IntentNetwork, IntentRows, IntentTrainConfig, NeighbourConfig, RankerConfig, RankerTrainConfig, SentimentConfig,
    SentimentNetwork, SentimentTrainConfig, SequenceConfig, SequenceNetwork, SequenceTrainConfig, TabularConfig,
    TabularTrainConfig,
};
pub use event::{Event, InteractionKind};
pub use grade::{GradeScale, RelevanceGrade};
pub use group::Group;
pub use item::Item;
pub use manifest::Manifest;
pub use network::NetworkKind;
pub use sentiment::SentimentLabel;
pub use statistics::{Neighbours, Statistics, Vectors};
pub use store::StoreConfig;
pub use table::TableSpec;
pub use visit::VisitSpec;
