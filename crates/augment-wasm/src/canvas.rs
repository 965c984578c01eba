//! Between a canvas's four channels and the three that operators see.

/// Red, green and blue of each pixel.
pub(crate) fn without_opacity(rgba: &[u8]) -> Vec<u8> {
    let pixels = rgba.as_chunks::<4>().0;
    let mut rgb = vec![0; 3 * pixels.len()];
    rgb.as_chunks_mut::<3>().0.iter_mut().zip(pixels).for_each(|(out, &[r, g, b, _])| *out = [r, g, b]);
    rgb
}

/// The same, opaque.
pub(crate) fn with_opacity(rgb: &[u8]) -> Vec<u8> {
    let pixels = rgb.as_chunks::<3>().0;
    let mut rgba = vec![0; 4 * pixels.len()];
    rgba.as_chunks_mut::<4>().0.iter_mut().zip(pixels).for_each(|(out, &[r, g, b])| *out = [r, g, b, 255]);
    rgba
}
