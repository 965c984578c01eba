//! Actions on colour on a GPU.

use super::{hue, luma, table::Tables, tone};
use crate::{
    action::Action,
    passes::{Drawing, Shader},
};

/// Pixels along a side of the tile that one workgroup counts.
const COUNTED: u32 = 64;
/// Words of the tables with columns and rows before them, and of the counts behind.
const LEVELS: usize = 2 + 2 * 768;

/// A group of actions on colour.
pub(crate) fn passes(group: &[Action], drawing: &mut Drawing) -> Option<()> {
    let size = drawing.size();
    match group[0] {
        Action::Saturation { factor } => drawing.picture(Shader::Saturate, size, [luma::parts(factor) as u32]),
        Action::Grayscale { share } => drawing.picture(Shader::Saturate, size, [luma::parts(1.0 - share) as u32]),
        Action::ChannelShuffle { order } => drawing.picture(Shader::Shuffle, size, order.map(u32::from)),
        Action::Hue { degrees } => {
            let parts = (0..256).map(|chroma| (1.0 / chroma.max(1) as f32).to_bits());
            drawing.picture(Shader::Hue, size, [hue::sixths(degrees).to_bits()].into_iter().chain(parts))
        }
        _ if tone::depends_on_picture(&group[0]) => {
            let tiles = [size.width, size.height].map(|side| side.div_ceil(COUNTED));
            drawing.levels(Shader::Counts, LEVELS, tiles, []);
            drawing.levels(
                Shader::Tables,
                LEVELS,
                [1, 1],
                statistics(&group[0], following(&group[1..]), size.pixels()),
            );
            drawing.picture_by_levels(Shader::Lookup)
        }
        _ => {
            let tables = following(group);
            drawing.picture(Shader::Lookup, size, (0..3).flat_map(move |channel| tables.of(channel).map(u32::from)))
        }
    }
}

/// The table of tones that do not depend on the picture.
fn following(tones: &[Action]) -> Tables {
    let identity = Tables::from_levels(|level| level);
    tones.iter().fold(identity, |tables, action| tables.then(&tone::fixed(action)))
}

/// What makes the table of a tone once the levels are counted, and what `next` does with it.
fn statistics(action: &Action, next: Tables, pixels: usize) -> Vec<u32> {
    let share =
        |kind: u32, share: f64| [kind, tone::share(share)].into_iter().chain(next.of(0).map(u32::from)).collect();
    match *action {
        Action::Equalize { share: part } => share(1, part),
        Action::Autocontrast { share: part } => share(2, part),
        Action::Contrast { factor } => {
            let whole = 1000 * pixels as u64;
            let least = (1..=255).map(|mean| mean * whole - whole / 2).flat_map(|sum| [sum as u32, (sum >> 32) as u32]);
            let tables = (0..=255u8).flat_map(|mean| {
                let table = tone::contrast(mean, factor).then(&next);
                let words: [u32; 64] = std::array::from_fn(|i| u32::from_le_bytes(table.of(0).as_chunks::<4>().0[i]));
                words
            });
            [0].into_iter().chain(least).chain(tables).collect()
        }
        _ => unreachable!("no other tone depends on the picture"),
    }
}
