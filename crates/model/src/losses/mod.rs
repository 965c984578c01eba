//! Losses over padded lists, one a file, mixable by weight. Lower is better.

mod lambdarank;
mod listnet;
mod squared_error;

pub use lambdarank::LambdaRankLoss;
pub use listnet::ListNetLoss;
pub use squared_error::SquaredErrorLoss;
