//! Doing a record's actions: each group of actions that belong together reads the image once.

use crate::{
    action::{Action, Family},
    background, colour, erase, filter, geometry,
    image::{Channels, Image, ImageRef, by_channels},
    jpeg, noise,
    record::Record,
};

/// Buffers that are kept from one image to the next. One for each thread.
#[derive(Debug, Default)]
pub struct Workspace {
    front: Vec<u8>,
    back: Vec<u8>,
    file: Vec<u8>,
    resizer: geometry::Resizer,
}

pub(crate) fn run(image: ImageRef<'_>, record: &Record, workspace: &mut Workspace) -> Image {
    let mut changed = Image::black(record.output_size(), image.channels());
    run_into(image, record, workspace, changed.pixels_mut());
    changed
}

/// `out` is as long as the changed image; the record was checked.
pub(crate) fn run_into(image: ImageRef<'_>, record: &Record, workspace: &mut Workspace, out: &mut [u8]) {
    let Workspace { front, back, file, resizer } = workspace;
    let channels = image.channels();
    let mut size = image.size();
    let mut rest = record.actions.as_slice();
    if rest.is_empty() {
        return out.copy_from_slice(image.pixels());
    }
    let mut first = true;
    while !rest.is_empty() {
        let (group, after) = rest.split_at(together(rest));
        let source = match first {
            true => image,
            false => ImageRef::trusted(size, channels, front),
        };
        size = group.iter().fold(size, |size, action| action.output_size(size));
        let target = match after.is_empty() {
            true => &mut *out,
            false => {
                back.resize(size.pixels() * channels.count(), 0);
                back.as_mut_slice()
            }
        };
        if group[0].family() == Family::Geometry {
            geometry::apply(source, group, record.sampling, resizer, size, target);
        } else {
            by_channels!(channels, C => apply::<C>(source, group, file, target));
            if channels == Channels::Rgba {
                // Whatever an action did to opacity is undone here, once for all of them.
                let own = source.pixels().as_chunks::<4>().0;
                target.as_chunks_mut::<4>().0.iter_mut().zip(own).for_each(|(out, own)| out[3] = own[3]);
            }
        }
        std::mem::swap(front, back);
        (rest, first) = (after, false);
    }
}

/// How many of the first actions are done at once: geometric ones, or tables of levels. A table that follows from the
/// image can only be the first.
pub(crate) fn together(actions: &[Action]) -> usize {
    let first = &actions[0];
    let same = |action: &&Action| match first.family() {
        Family::Geometry => action.family() == Family::Geometry,
        Family::Levels => action.family() == Family::Levels && !action.depends_on_image(),
        Family::Color | Family::Filter | Family::Noise | Family::Erase | Family::Codec | Family::Background => false,
    };
    1 + actions[1..].iter().take_while(same).count()
}

fn apply<const C: usize>(image: ImageRef<'_>, group: &[Action], file: &mut Vec<u8>, out: &mut [u8]) {
    let pixels = image.pixels();
    match group[0] {
        // Grey has neither hue nor saturation nor another order.
        Action::Saturation { .. } | Action::Hue { .. } | Action::Grayscale { .. } | Action::ChannelShuffle { .. }
            if C == 1 =>
        {
            out.copy_from_slice(pixels);
        }
        Action::Saturation { factor } => colour::saturate::<C>(pixels, factor, out),
        Action::Grayscale { share } => colour::saturate::<C>(pixels, 1.0 - share, out),
        Action::Hue { degrees } => colour::hue::<C>(pixels, degrees, out),
        Action::ChannelShuffle { order } => colour::shuffle::<C>(pixels, order, out),
        Action::Sharpness { factor } => filter::sharpen::<C>(image, factor, out),
        Action::GaussianBlur { sigma } => filter::separable::<C>(image, &filter::gaussian_kernel(sigma), out),
        Action::BoxBlur { radius } => filter::separable::<C>(image, &filter::box_kernel(radius), out),
        Action::MotionBlur { length, degrees } => filter::motion::<C>(image, length, degrees, out),
        Action::Noise { sigma, stream } => noise::noise(pixels, sigma, stream, out),
        Action::SaltAndPepper { fraction, stream } => noise::salt_and_pepper::<C>(pixels, fraction, stream, out),
        Action::Jpeg { quality } => jpeg::recompress(image, quality as u8, file, out),
        Action::Cutout { left, top, width, height, fill } => {
            erase::rectangle::<C>(image, [left, top, width, height], fill as u8, out);
        }
        Action::GridDropout { spacing, hole, left, top, fill } => {
            erase::grid::<C>(image, spacing, hole, [left, top], fill as u8, out);
        }
        Action::Background { colors, texture, white, softness } => {
            background::replace::<C>(image, colors, texture, white, softness, out);
        }
        levels_actions!() => {
            let first = colour::tables(&group[0], image);
            let all = group[1..].iter().fold(first, |tables, action| tables.then(&colour::tables(action, image)));
            all.apply::<C>(pixels, out);
        }
        geometry_actions!() => unreachable!("geometric actions go to `geometry::apply`"),
    }
}
