//! Between an image and the words of a GPU.

use windowshop_augment::{Channels, Image, Result, Size};

/// A word a pixel, opaque where the image knows no opacity.
pub fn words(image: &Image) -> Vec<u32> {
    let pixels = image.pixels();
    match image.channels() {
        Channels::Rgba => pixels.as_chunks::<4>().0.iter().map(|pixel| u32::from_le_bytes(*pixel)).collect(),
        _ => pixels.as_chunks::<3>().0.iter().map(|&[r, g, b]| u32::from_le_bytes([r, g, b, 255])).collect(),
    }
}

pub fn image(size: Size, channels: Channels, words: &[u32]) -> Result<Image> {
    let bytes = words.iter().flat_map(|word| word.to_le_bytes().into_iter().take(channels.count())).collect();
    Image::new(size.width, size.height, channels, bytes)
}
