//! Actions on colour: by tables of 256 levels, or on red, green and blue together.

mod hue;
mod passes;
mod planes;
mod saturate;
mod shuffle;
mod statistics;
mod table;
mod tone;

pub(crate) use hue::hue;
pub(crate) use passes::passes;
pub(crate) use saturate::{luma, saturate};
pub(crate) use shuffle::shuffle;
pub(crate) use tone::tables;
