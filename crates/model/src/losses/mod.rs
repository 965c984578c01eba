//! Losses, one a file: over padded lists and over the embeddings of a batch. Lower is better.

mod contrastive;
mod lambdarank;
mod listnet;
mod squared_error;

pub use contrastive::supervised_contrastive;
pub use lambdarank::LambdaRankLoss;
pub use listnet::ListNetLoss;
pub use squared_error::SquaredErrorLoss;
