//! Actions on colour on a GPU.

use super::{hue, saturate, table::Tables, tone};
use crate::{
    action::Action,
    gpu::{Drawing, Shader},
};

/// Pixels along a side of the tile that one workgroup counts.
const COUNTED: u32 = 64;
/// Words of the tables with columns and rows before them, and of the counts behind.
const LEVELS: usize = 2 + 2 * 768;

/// A group of actions on colour.
pub(crate) fn passes(group: &[Action], drawing: &mut Drawing) -> Option<()> {
    let size = drawing.size();
    match group[0] {
        Action::Saturation { factor } => drawing.image(Shader::Saturate, size, &[saturate::parts(factor) as u32]),
        Action::Grayscale { share } => drawing.image(Shader::Saturate, size, &[saturate::parts(1.0 - share) as u32]),
        Action::ChannelShuffle { order } => drawing.image(Shader::Shuffle, size, &order.map(u32::from)),
        Action::Hue { degrees } => {
            let mut words = vec![hue::sixths(degrees).to_bits()];
            words.extend((0..256).map(|chroma| (1.0 / chroma.max(1) as f32).to_bits()));
            drawing.image(Shader::Hue, size, &words)
        }
        _ if group[0].depends_on_image() => {
            let tiles = [size.width, size.height].map(|side| side.div_ceil(COUNTED));
            let words = statistics(&group[0], &following(&group[1..]), size.pixels());
            drawing.levels(Shader::Statistics, LEVELS, tiles, &[]);
            drawing.levels(Shader::Tone, LEVELS, [1, 1], &words);
            drawing.image_by_levels(Shader::Table)
        }
        _ => {
            let table = following(group);
            let words = [0, 1, 2].map(|channel| table.of(channel).map(u32::from));
            drawing.image(Shader::Table, size, words.as_flattened())
        }
    }
}

/// The table of tones that do not depend on the image.
fn following(tones: &[Action]) -> Tables {
    let identity = Tables::from_levels(|level| level);
    tones.iter().fold(identity, |tables, action| tables.then(&tone::fixed(action)))
}

/// What makes the table of a tone once the levels are counted, and what `next` does with it.
fn statistics(action: &Action, next: &Tables, pixels: usize) -> Vec<u32> {
    let (kind, part) = match *action {
        Action::Contrast { factor } => return by_mean(factor, next, pixels),
        Action::Equalize { share } => (1, share),
        Action::Autocontrast { share } => (2, share),
        Action::Brightness { .. }
        | Action::Gamma { .. }
        | Action::Posterize { .. }
        | Action::Solarize { .. }
        | Action::Invert
        | geometry_actions!()
        | color_actions!()
        | filter_actions!()
        | noise_actions!()
        | codec_actions!()
        | erase_actions!()
        | background_actions!() => unreachable!("{action:?} does not depend on the image"),
    };
    let mut words = vec![kind, tone::share(part)];
    words.extend(next.of(0).map(u32::from));
    words
}

fn by_mean(factor: f64, next: &Tables, pixels: usize) -> Vec<u32> {
    let mut words = vec![0];
    let whole = 1000 * pixels as u64;
    for mean in 1..=255 {
        let least = mean * whole - whole / 2;
        words.extend([least as u32, (least >> 32) as u32]);
    }
    for mean in 0..=255 {
        let table = tone::contrast(mean, factor).then(next);
        words.extend(table.of(0).as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four)));
    }
    words
}
