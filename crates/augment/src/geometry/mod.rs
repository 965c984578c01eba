//! Geometric actions: a run of them is one map from output to input, and the pixels are read once.
//!
//! What a crop leaves out is not erased: a later action of the same run that looks beyond the crop's edge sees the image.

mod bicubic;
mod blend;
mod border;
mod copy;
mod elastic;
mod matrix;
mod passes;
mod resize;
mod taps;
mod warp;
mod way;

pub(crate) use border::Beyond;
pub(crate) use passes::passes;
pub(crate) use resize::Resizer;

use warp::{Stage, warp};
use way::{Way, stages, way};

use crate::{
    action::Action,
    image::{ImageRef, Size, by_channels},
    sampling::Sampling,
};

/// Does a run of geometric actions; `out` is an image of the size that it leads to.
pub(crate) fn apply(
    image: ImageRef<'_>,
    actions: &[Action],
    sampling: Sampling,
    resizer: &mut Resizer,
    size: Size,
    out: &mut [u8],
) {
    let stages = stages(actions, image.size());
    by_channels!(image.channels(), C => read::<C>(image, stages, sampling, resizer, size, out));
}

fn read<const C: usize>(
    image: ImageRef<'_>,
    stages: Vec<Stage>,
    Sampling { border, interpolation }: Sampling,
    resizer: &mut Resizer,
    size: Size,
    out: &mut [u8],
) {
    let beyond = Beyond::<C>::new(border);
    match way(stages, image.size(), size) {
        Way::Copy(lines) => copy::copy(image, lines, size, &beyond, out),
        Way::Stretch(window) => resizer.resize::<C>(image, window, interpolation, size, out),
        Way::Warp { smaller: Some(small), stages } => {
            let small = resizer.shrink::<C>(image, small);
            warp::<C>(small.as_ref(), &stages, interpolation, &beyond, size, out);
        }
        Way::Warp { smaller: None, stages } => warp::<C>(image, &stages, interpolation, &beyond, size, out),
    }
}
