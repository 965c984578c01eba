//! PNG. The `image` crate's codec would change the features of DataFusion's dependencies; zune-png decodes, but encodes
//! without compression.

use std::io::Write as _;

use flate2::{Compression, Crc, write::ZlibEncoder};
use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};
use zune_png::{
    PngDecoder,
    zune_core::{bytestream::ZCursor, options::DecoderOptions},
};

use super::limits::{DAMAGED, check_sides};

/// The first bytes of every PNG.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Whether the file is a PNG.
pub(super) fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Pixels of eight bits per channel; the first frame of an animation.
pub(super) fn decode(bytes: &[u8]) -> Result<DynamicImage, &'static str> {
    // `check_sides` limits the sides, with the same errors as for other formats.
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

/// Encodes eight bits per channel, with the Paeth filter in every row.
pub(super) fn encode(width: usize, height: usize, rgb: &[u8]) -> Vec<u8> {
    let stride = width * 3;
    let mut filtered = Vec::with_capacity((stride + 1) * height);
    let mut above = &vec![0; stride][..];
    for row in rgb.chunks_exact(stride) {
        filtered.push(4);
        let beside = |line: &[u8], at: usize| if at < 3 { 0 } else { line[at - 3] };
        filtered
            .extend((0..stride).map(|at| row[at].wrapping_sub(paeth(beside(row, at), above[at], beside(above, at)))));
        above = row;
    }
    let mut data = ZlibEncoder::new(Vec::new(), Compression::default());
    data.write_all(&filtered).expect("memory can be written to");
    let data = data.finish().expect("memory can be written to");
    // Eight bits of red, green and blue; the one kind of compression, filters and order of rows.
    let header = [&(width as u32).to_be_bytes()[..], &(height as u32).to_be_bytes(), &[8, 2, 0, 0, 0]];
    let mut file = SIGNATURE.to_vec();
    chunk(b"IHDR", &header.concat(), &mut file);
    chunk(b"IDAT", &data, &mut file);
    chunk(b"IEND", &[], &mut file);
    file
}

/// Of left, above and above left the one nearest to left + above - above left (PNG specification, 9.4).
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, above, corner].map(i16::from);
    let away = |value: i16| (a + b - c - value).abs();
    if away(a) <= away(b) && away(a) <= away(c) {
        left
    } else if away(b) <= away(c) {
        above
    } else {
        corner
    }
}

fn chunk(kind: &[u8; 4], data: &[u8], file: &mut Vec<u8>) {
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(data);
    file.extend((data.len() as u32).to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend(sum.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use zune_png::{
        PngEncoder,
        zune_core::{bit_depth::BitDepth, colorspace::ColorSpace, options::EncoderOptions},
    };

    use super::super::DecodedImage;

    fn encoded(width: usize, height: usize, colors: ColorSpace, pixels: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        PngEncoder::new(pixels, EncoderOptions::new(width, height, colors, BitDepth::Eight)).encode(&mut out).unwrap();
        out
    }

    #[test]
    fn colours_greys_and_what_is_transparent_are_decoded() {
        let rgb: Vec<u8> = (0..9 * 8 * 3).map(|i| (i * 7 % 256) as u8).collect();
        let found = DecodedImage::decode(&encoded(9, 8, ColorSpace::RGB, &rgb)).unwrap();
        assert_eq!((found.width, found.height, found.rgb), (9, 8, rgb));
        let grey = DecodedImage::decode(&encoded(8, 8, ColorSpace::Luma, &[77; 64])).unwrap();
        assert_eq!(grey.rgb, [77; 192]);
        let clear = DecodedImage::decode(&encoded(8, 8, ColorSpace::RGBA, &[9, 9, 9, 0].repeat(64))).unwrap();
        assert_eq!(clear.rgb, [255; 192]);
    }

    #[test]
    fn an_encoded_image_is_compressed_and_decodes_to_itself() {
        let rgb: Vec<u8> = (0..90 * 70 * 3).map(|i| (i / 7 % 256) as u8).collect();
        let image = DecodedImage { width: 90, height: 70, rgb };
        let file = image.to_png();
        assert!(file.len() * 4 < image.rgb.len(), "{}", file.len());
        assert_eq!(DecodedImage::decode(&file), Ok(image));
    }

    #[test]
    fn a_cut_one_and_one_of_impossible_size_are_refused() {
        let png = encoded(64, 64, ColorSpace::RGB, &(0..64 * 64 * 3).map(|i| (i * i % 251) as u8).collect::<Vec<_>>());
        assert_eq!(DecodedImage::decode(&png[..png.len() / 2]), Err("the image is damaged"));
        assert_eq!(DecodedImage::decode(&png[..12]), Err("the image is damaged"));
        let long = encoded(12_000, 9, ColorSpace::Luma, &vec![0; 12_000 * 9]);
        assert_eq!(DecodedImage::decode(&long), Err("a side is longer than 8,192 pixels"));
    }
}
