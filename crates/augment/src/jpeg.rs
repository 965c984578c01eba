//! What a JPEG file loses: the image is written and read back.

use std::io::Cursor;

use image::{
    ExtendedColorType, ImageDecoder,
    codecs::jpeg::{JpegDecoder, JpegEncoder},
};

use crate::image::{Channels, ImageRef};

/// Writes at `quality` (1 to 100) into `file`, and reads into `out`. Of images with opacity, only the colours are written.
pub(crate) fn recompress(image: ImageRef<'_>, quality: u8, file: &mut Vec<u8>, out: &mut [u8]) {
    let size = image.size();
    let (colors, kind): (Vec<u8>, _) = match image.channels() {
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
        .expect("an image of at most 65,535 pixels a side, into memory");
    // Not by way of `ImageReader`, which would bring every other decoder and colour profiles into a page's module.
    let decoder = JpegDecoder::new(Cursor::new(file.as_slice())).expect("a file that was just written");
    match image.channels() {
        Channels::Gray | Channels::Rgb => decoder.read_image(out).expect("as many channels as were written"),
        Channels::Rgba => {
            let mut read = colors;
            decoder.read_image(&mut read).expect("as many channels as were written");
            for (out, color) in out.as_chunks_mut::<4>().0.iter_mut().zip(read.as_chunks::<3>().0) {
                out[..3].copy_from_slice(color);
            }
        }
    }
}
