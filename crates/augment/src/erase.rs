//! Actions that paint over a part of the image.

use crate::{
    action::Action,
    gpu::{Drawing, Shader},
    image::ImageRef,
};

/// Paints a rectangle; what of it lies outside the image is left out.
pub(crate) fn rectangle<const C: usize>(
    image: ImageRef<'_>,
    [left, top, width, height]: [u32; 4],
    fill: u8,
    out: &mut [u8],
) {
    out.copy_from_slice(image.pixels());
    let (right, bottom) = (left.saturating_add(width), top.saturating_add(height));
    paint::<C>(image, [left, top, right, bottom], fill, out);
}

/// Paints squares of side `hole` on a grid whose first point is at `left`, `top`.
pub(crate) fn grid<const C: usize>(
    image: ImageRef<'_>,
    spacing: u32,
    hole: u32,
    [left, top]: [u32; 2],
    fill: u8,
    out: &mut [u8],
) {
    out.copy_from_slice(image.pixels());
    let size = image.size();
    // Squares that begin before the image reach into it.
    let starts = |first: u32, side: u32| {
        let first = i64::from(first % spacing) - i64::from(spacing);
        (first..i64::from(side)).step_by(spacing as usize)
    };
    let inside = |at: i64| at.max(0) as u32;
    let hole = i64::from(hole.min(spacing));
    for y in starts(top, size.height) {
        for x in starts(left, size.width) {
            paint::<C>(image, [inside(x), inside(y), inside(x + hole), inside(y + hole)], fill, out);
        }
    }
}

fn paint<const C: usize>(image: ImageRef<'_>, [left, top, right, bottom]: [u32; 4], fill: u8, out: &mut [u8]) {
    let size = image.size();
    let columns = left.min(size.width) as usize * C..right.min(size.width) as usize * C;
    for y in top.min(size.height) as usize..bottom.min(size.height) as usize {
        if columns.start < columns.end {
            out[y * image.stride()..][columns.clone()].fill(fill);
        }
    }
}

/// The same on a GPU.
pub(crate) fn passes(action: &Action, drawing: &mut Drawing) -> Option<()> {
    let words = match *action {
        Action::Cutout { left, top, width, height, fill } => [left, top, width, height, 0, fill],
        Action::GridDropout { spacing, hole, left, top, fill } => {
            let hole = hole.min(spacing);
            [left % spacing, top % spacing, hole, hole, spacing, fill]
        }
        geometry_actions!()
        | levels_actions!()
        | color_actions!()
        | filter_actions!()
        | noise_actions!()
        | codec_actions!()
        | background_actions!() => return None,
    };
    drawing.image(Shader::Erase, drawing.size(), &words)
}
