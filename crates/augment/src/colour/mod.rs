//! Actions on colour: by tables of 256 levels, or on red, green and blue together.

mod hue;
mod luma;
mod planes;
mod statistics;
mod table;
mod tone;

pub(crate) use hue::hue;
pub(crate) use luma::{luma, saturate, shuffle};
pub(crate) use tone::{depends_on_picture, is_tone, tables};
