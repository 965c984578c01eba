//! Training settings, one file per task. Unknown keys are errors.

mod gan;
mod image;
mod intent;
mod ranker;
mod sentiment;
mod sequence;
mod tabular;

pub use gan::{GanConfig, GanLoss, GanNetwork, GanTrainConfig};
pub use image::{ImageConfig, ImageNetwork, ImageTrainConfig};
pub use intent::{IntentConfig, IntentNetwork, IntentRows, IntentTrainConfig};
pub use ranker::{FeatureSwitches, RankerConfig, RankerTrainConfig};
pub use sentiment::{SentimentConfig, SentimentNetwork, SentimentTrainConfig};
pub use sequence::{NeighbourConfig, SequenceConfig, SequenceNetwork, SequenceTrainConfig};
pub use tabular::{TabularConfig, TabularTrainConfig};
