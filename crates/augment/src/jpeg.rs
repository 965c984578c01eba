//! What a JPEG file loses: the picture is written and read back.

use image::{ExtendedColorType, ImageReader, codecs::jpeg::JpegEncoder};

use crate::image::{Channels, ImageRef};

/// Writes at `quality` (1 to 100) into `file`, and reads into `out`. Of pictures with opacity, only the colours are written.
pub(crate) fn recompress(image: ImageRef<'_>, quality: u8, file: &mut Vec<u8>, out: &mut [u8]) {
    let size = image.size();
    let (colors, kind) = match image.channels() {
        Channels::Gray => (image.pixels().to_vec(), ExtendedColorType::L8),
        Channels::Rgb => (image.pixels().to_vec(), ExtendedColorType::Rgb8),
        Channels::Rgba => {
            let colors = image.pixels().as_chunks::<4>().0.iter().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]);
            (colors.collect(), ExtendedColorType::Rgb8)
        }
    };
    file.clear();
    JpegEncoder::new_with_quality(&mut *file, quality)
        .encode(&colors, size.width, size.height, kind)
        .expect("a picture of at most 65,535 pixels a side, into memory");
    let read = ImageReader::with_format(std::io::Cursor::new(file.as_slice()), image::ImageFormat::Jpeg)
        .decode()
        .expect("a file that was just written");
    match image.channels() {
        Channels::Gray => out.copy_from_slice(&read.into_luma8()),
        Channels::Rgb => out.copy_from_slice(&read.into_rgb8()),
        Channels::Rgba => {
            let read = read.into_rgb8();
            for (out, color) in out.as_chunks_mut::<4>().0.iter_mut().zip(read.as_chunks::<3>().0) {
                out[..3].copy_from_slice(color);
            }
        }
    }
}
