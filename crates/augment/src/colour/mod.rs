//! Actions on colour: by tables of 256 levels, or on red, green and blue together.

mod hue;
mod luma;
mod passes;
mod planes;
mod statistics;
mod table;
mod tone;

pub(crate) use hue::hue;
pub(crate) use luma::{luma, saturate, shuffle};
pub(crate) use passes::passes;
pub(crate) use tone::{depends_on_picture, is_tone, tables};

use crate::action::Action;

/// Is an action of this room.
pub(crate) fn is_colour(action: &Action) -> bool {
    use Action::*;
    matches!(action, Saturation { .. } | Grayscale { .. } | Hue { .. } | ChannelShuffle { .. }) || is_tone(action)
}
