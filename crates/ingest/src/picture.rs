//! A photo's file: decoded as a browser would show it, in bounded memory, and written again.

mod png;

use std::io::Cursor;

use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder,
};

/// Shortest side of a photo that anything can be seen on, in pixels.
const MIN_SIDE: u32 = 8;
/// Longest side of a photo that is decoded, in pixels.
const MAX_SIDE: u32 = windowshop_schema::dims::MAX_PHOTO_SIDE as u32;
/// Most memory that decoding takes.
const MAX_BYTES: u64 = 512 << 20;

/// Decoded pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Pixels a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green, blue of each pixel, row by row from the top.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// Decodes JPEG, PNG or WebP as a browser does: turned upright, transparent pixels on white, of an animation the first picture.
    ///
    /// # Errors
    /// Why it is no usable photo, in words that do not depend on the photo.
    pub fn decode(bytes: &[u8]) -> Result<Self, &'static str> {
        if png::is_png(bytes) {
            return Ok(Self::of(png::decode(bytes)?));
        }
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| DAMAGED)?;
        if reader.format().is_none_or(|format| !format.reading_enabled()) {
            return Err("no JPEG, PNG or WebP");
        }
        if reader.format() == Some(ImageFormat::Jpeg) && !ends(bytes) {
            return Err(DAMAGED);
        }
        let mut limits = Limits::default();
        limits.max_alloc = Some(MAX_BYTES);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(|_| DAMAGED)?;
        let (width, height) = decoder.dimensions();
        check_sides(width, height)?;
        let orientation = decoder.orientation().map_err(|_| DAMAGED)?;
        let mut decoded = DynamicImage::from_decoder(decoder).map_err(|_| DAMAGED)?;
        decoded.apply_orientation(orientation);
        Ok(Self::of(decoded))
    }

    /// A JPEG file of this quality, 1 to 100.
    ///
    /// # Panics
    /// When a side is 0 or longer than 65,535 pixels, or the values are not as many as width and height say.
    pub fn to_jpeg(&self, quality: u8) -> Vec<u8> {
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, quality)
            .encode(&self.rgb, self.width as u32, self.height as u32, ExtendedColorType::Rgb8)
            .expect("a picture that JPEG can hold, into memory");
        file
    }

    /// A PNG file.
    pub fn to_png(&self) -> Vec<u8> {
        png::encode(self)
    }

    /// What is transparent becomes white.
    fn of(decoded: DynamicImage) -> Self {
        let (width, height) = (decoded.width() as usize, decoded.height() as usize);
        let rgb = if decoded.color().has_alpha() { on_white(&decoded) } else { decoded.into_rgb8().into_raw() };
        Self { width, height, rgb }
    }

    /// Pixels that were never encoded, of one (grey) or three channels.
    pub(crate) fn raw(width: usize, height: usize, channels: usize, pixels: &[u8]) -> Self {
        let rgb = if channels == 1 { pixels.iter().flat_map(|&grey| [grey; 3]).collect() } else { pixels.to_vec() };
        Self { width, height, rgb }
    }
}

const DAMAGED: &str = "the picture is damaged";

/// Has a JPEG its end marker? The decoder fills what is missing with grey. The first half may hold that of a thumbnail.
fn ends(jpeg: &[u8]) -> bool {
    jpeg[jpeg.len() / 2..].windows(2).any(|pair| pair == [0xff, 0xd9])
}

/// Refuses what is too small to see and too large to decode.
pub(crate) fn check_sides(width: u32, height: u32) -> Result<(), &'static str> {
    if width.min(height) < MIN_SIDE {
        return Err("a side is shorter than 8 pixels");
    }
    if width.max(height) > MAX_SIDE {
        return Err("a side is longer than 8,192 pixels");
    }
    Ok(())
}

fn on_white(decoded: &DynamicImage) -> Vec<u8> {
    let blend = |value: u8, alpha: u8| {
        let alpha = u32::from(alpha);
        ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    decoded.to_rgba8().pixels().flat_map(|pixel| [0, 1, 2].map(|channel| blend(pixel[channel], pixel[3]))).collect()
}

#[cfg(test)]
mod tests {
    use image::{RgbImage, RgbaImage};

    use super::*;

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn sides_are_checked_before_anything_is_decoded() {
        let line = encoded(&RgbImage::new(12_000, 9).into(), ImageFormat::WebP);
        assert_eq!(Picture::decode(&line), Err("a side is longer than 8,192 pixels"));
        let dot = encoded(&RgbImage::new(1, 1).into(), ImageFormat::WebP);
        assert_eq!(Picture::decode(&dot), Err("a side is shorter than 8 pixels"));
    }

    #[test]
    fn cut_and_foreign_files_are_told_apart() {
        let noise = RgbImage::from_fn(64, 64, |x, y| image::Rgb([(x * y) as u8, (x * 7) as u8, (y * 13) as u8]));
        let webp = encoded(&noise.into(), ImageFormat::WebP);
        assert_eq!(Picture::decode(&webp[..webp.len() / 2]), Err(DAMAGED));
        let jpeg = encoded(&RgbImage::new(64, 64).into(), ImageFormat::Jpeg);
        assert!(Picture::decode(&jpeg).is_ok());
        assert_eq!(Picture::decode(&jpeg[..jpeg.len() - 2]), Err(DAMAGED));
        assert_eq!(Picture::decode(b"GIF89a and so on"), Err("no JPEG, PNG or WebP"));
        assert_eq!(Picture::decode(b""), Err("no JPEG, PNG or WebP"));
    }

    #[test]
    fn four_inks_are_three_colours() {
        let sizes = [0xff, 0xc0, 0, 20, 8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0];
        let scan = [0xff, 0xda, 0, 14, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0, 0x00, 0xff, 0xd9];
        let mut jpeg = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
        jpeg.extend([1; 64]);
        jpeg.extend(sizes);
        // One code in each table: the value zero, and the end of a block.
        for table in [0x00, 0x10] {
            jpeg.extend([0xff, 0xc4, 0, 20, table, 1]);
            jpeg.extend([0; 16]);
        }
        jpeg.extend(scan);
        let found = Picture::decode(&jpeg).unwrap();
        assert_eq!((found.width, found.height, found.rgb.len()), (8, 8, 192));
        assert!(found.rgb.iter().all(|value| *value == found.rgb[0]));
    }

    #[test]
    fn what_is_transparent_is_white() {
        let clear = RgbaImage::from_pixel(8, 8, image::Rgba([9, 9, 9, 0]));
        let found = Picture::decode(&encoded(&clear.into(), ImageFormat::WebP)).unwrap();
        assert!(found.rgb.iter().all(|&value| value == 255));
    }
}
