//! Decodes PNG. (The `image` crate could, but its decoder would have the whole query planner built with other features.)

use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};
use zune_png::{
    PngDecoder,
    zune_core::{bytestream::ZCursor, options::DecoderOptions},
};

use super::{DAMAGED, check_sides};

/// What every PNG starts with.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Is it a PNG?
pub(super) fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Pixels of eight bits a channel; of an animation the first picture.
pub(super) fn decode(bytes: &[u8]) -> Result<DynamicImage, &'static str> {
    // Sides are checked here, with a word of our own.
    let options = DecoderOptions::default()
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX)
        .png_set_confirm_crc(true)
        .png_set_strip_to_8bit(true);
    let mut decoder = PngDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| DAMAGED)?;
    let (width, height) = decoder.dimensions().ok_or(DAMAGED)?;
    let [width, height] = [width, height].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    check_sides(width, height)?;
    let pixels = decoder.decode_raw().map_err(|_| DAMAGED)?;
    let channels = pixels.len() / (width as usize * height as usize);
    let decoded = match channels {
        1 => GrayImage::from_raw(width, height, pixels).map(DynamicImage::from),
        2 => GrayAlphaImage::from_raw(width, height, pixels).map(DynamicImage::from),
        3 => RgbImage::from_raw(width, height, pixels).map(DynamicImage::from),
        4 => RgbaImage::from_raw(width, height, pixels).map(DynamicImage::from),
        _ => None,
    };
    decoded.ok_or(DAMAGED)
}

#[cfg(test)]
mod tests {
    use zune_png::{
        PngEncoder,
        zune_core::{bit_depth::BitDepth, colorspace::ColorSpace, options::EncoderOptions},
    };

    use super::super::Picture;

    fn encoded(width: usize, height: usize, colors: ColorSpace, pixels: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        PngEncoder::new(pixels, EncoderOptions::new(width, height, colors, BitDepth::Eight)).encode(&mut out).unwrap();
        out
    }

    #[test]
    fn colours_greys_and_what_is_transparent_are_decoded() {
        let rgb: Vec<u8> = (0..9 * 8 * 3).map(|i| (i * 7 % 256) as u8).collect();
        let found = Picture::decode(&encoded(9, 8, ColorSpace::RGB, &rgb)).unwrap();
        assert_eq!((found.width, found.height, found.rgb), (9, 8, rgb));
        let grey = Picture::decode(&encoded(8, 8, ColorSpace::Luma, &[77; 64])).unwrap();
        assert_eq!(grey.rgb, [77; 192]);
        let clear = Picture::decode(&encoded(8, 8, ColorSpace::RGBA, &[9, 9, 9, 0].repeat(64))).unwrap();
        assert_eq!(clear.rgb, [255; 192]);
    }

    #[test]
    fn a_cut_one_and_one_of_impossible_size_are_refused() {
        let png = encoded(64, 64, ColorSpace::RGB, &(0..64 * 64 * 3).map(|i| (i * i % 251) as u8).collect::<Vec<_>>());
        assert_eq!(Picture::decode(&png[..png.len() / 2]), Err("the picture is damaged"));
        assert_eq!(Picture::decode(&png[..12]), Err("the picture is damaged"));
        let long = encoded(12_000, 9, ColorSpace::Luma, &vec![0; 12_000 * 9]);
        assert_eq!(Picture::decode(&long), Err("a side is longer than 8,192 pixels"));
    }
}
