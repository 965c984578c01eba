//! Mirrored pixels beyond the image's edge.

/// Index of the mirrored place that stands for `at`.
pub(crate) fn mirrored(at: isize, length: usize) -> usize {
    crate::geometry::Beyond::<1>::Reflect.index(at as i64, length).unwrap_or_default()
}

/// A row of `C` bytes a pixel with `margin` mirrored pixels at each end.
pub(crate) fn with_margins<const C: usize>(row: &[u8], margin: usize, out: &mut Vec<u8>) {
    let pixels = row.as_chunks::<C>().0;
    let width = pixels.len();
    out.clear();
    for at in -(margin as isize)..0 {
        out.extend_from_slice(&pixels[mirrored(at, width)]);
    }
    out.extend_from_slice(row);
    for at in width..width + margin {
        out.extend_from_slice(&pixels[mirrored(at as isize, width)]);
    }
}
