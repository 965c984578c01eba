//! A grid of images with a number under each, as a PNG.

use std::path::Path;

use anyhow::anyhow;
use zune_png::{
    PngEncoder,
    zune_core::{bit_depth::BitDepth, colorspace::ColorSpace, options::EncoderOptions},
};

/// Smallest side of an image in the grid, in pixels.
const SHOWN: usize = 64;
/// Pixels between images.
const GAP: usize = 4;
/// Side of a digit's dot, in pixels.
const DOT: usize = 2;
/// Dots of a digit.
const DIGIT: [usize; 2] = [5, 3];
const PAPER: u8 = 255;
const INK: u8 = 40;

/// An image and its number, 0 to 1.
pub struct Cell {
    /// `[channels, size, size]`
    pub pixels: Vec<u8>,
    pub number: f32,
}

/// The grid.
pub struct Grid {
    width: usize,
    height: usize,
    /// `[height, width, 3]`
    rgb: Vec<u8>,
}

impl Grid {
    /// Arranges cells in rows of `columns`.
    pub fn new(cells: &[Cell], columns: usize, size: usize) -> Self {
        let times = SHOWN.div_ceil(size);
        let (wide, high) = (times * size + GAP, times * size + DIGIT[0] * DOT + 2 * GAP);
        let rows = cells.len().div_ceil(columns);
        let (width, height) = (columns * wide + GAP, rows * high + GAP);
        let mut grid = Self { width, height, rgb: vec![PAPER; width * height * 3] };
        for (i, cell) in cells.iter().enumerate() {
            let (top, left) = (i / columns * high + GAP, i % columns * wide + GAP);
            let plane = size * size;
            for y in 0..times * size {
                for x in 0..times * size {
                    let at = y / times * size + x / times;
                    // A gray image has one plane for the three channels.
                    let channel = |c: usize| cell.pixels[(c * plane).min(cell.pixels.len() - plane) + at];
                    grid.dot(top + y, left + x, [channel(0), channel(1), channel(2)]);
                }
            }
            grid.write(top + times * size + GAP / 2, left, &format!("{:.2}", cell.number));
        }
        grid
    }

    /// Writes a PNG atomically.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        let options = EncoderOptions::new(self.width, self.height, ColorSpace::RGB, BitDepth::Eight);
        let mut bytes = Vec::new();
        PngEncoder::new(&self.rgb, options)
            .encode(&mut bytes)
            .map_err(|error| anyhow!("{}: {error:?}", path.display()))?;
        Ok(windowshop_files::write(path, bytes)?)
    }

    fn dot(&mut self, y: usize, x: usize, rgb: [u8; 3]) {
        self.rgb[(y * self.width + x) * 3..][..3].copy_from_slice(&rgb);
    }

    /// Draws digits and dots; other characters are spaces.
    fn write(&mut self, top: usize, left: usize, text: &str) {
        for (number, sign) in text.bytes().enumerate() {
            for (row, bits) in glyph(sign).into_iter().enumerate() {
                for column in (0..DIGIT[1]).filter(|column| bits >> (DIGIT[1] - 1 - column) & 1 == 1) {
                    let (y, x) = (top + row * DOT, left + (number * (DIGIT[1] + 1) + column) * DOT);
                    for (down, right) in (0..DOT).flat_map(|down| (0..DOT).map(move |right| (down, right))) {
                        self.dot(y + down, x + right, [INK; 3]);
                    }
                }
            }
        }
    }
}

/// Rows of three dots.
fn glyph(sign: u8) -> [u8; DIGIT[0]] {
    match sign {
        b'0' => [0b111, 0b101, 0b101, 0b101, 0b111],
        b'1' => [0b010, 0b110, 0b010, 0b010, 0b111],
        b'2' => [0b111, 0b001, 0b111, 0b100, 0b111],
        b'3' => [0b111, 0b001, 0b111, 0b001, 0b111],
        b'4' => [0b101, 0b101, 0b111, 0b001, 0b001],
        b'5' => [0b111, 0b100, 0b111, 0b001, 0b111],
        b'6' => [0b111, 0b100, 0b111, 0b101, 0b111],
        b'7' => [0b111, 0b001, 0b001, 0b010, 0b010],
        b'8' => [0b111, 0b101, 0b111, 0b101, 0b111],
        b'9' => [0b111, 0b101, 0b111, 0b001, 0b111],
        b'.' => [0, 0, 0, 0, 0b010],
        _ => [0; DIGIT[0]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_keep_their_colors_and_numbers_stay_below_them() {
        let cell = |shade: u8| Cell { pixels: [vec![shade; 64], vec![0; 64], vec![9; 64]].concat(), number: 0.87 };
        let grid = Grid::new(&[cell(200), cell(100), cell(50)], 2, 8);
        let at = |y: usize, x: usize| grid.rgb[(y * grid.width + x) * 3..][..3].to_vec();
        assert_eq!(at(GAP, GAP), [200, 0, 9]);
        assert_eq!(at(GAP + 63, 2 * GAP + 64 + 63), [100, 0, 9]);
        assert_eq!(at(GAP + 64, GAP), [PAPER; 3]);
        assert!(grid.rgb.chunks(3).filter(|pixel| **pixel == [INK; 3]).count() > 100, "numbers are written");
        assert_eq!(grid.rgb.chunks(3).filter(|pixel| pixel[2] == 9).count(), 3 * 64 * 64);
    }

    #[test]
    fn a_gray_grid_can_be_decoded() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("grid.png");
        let grid = Grid::new(&[Cell { pixels: (0..=255).collect(), number: 1.0 }], 1, 16);
        grid.save(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let mut decoder = zune_png::PngDecoder::new(zune_png::zune_core::bytestream::ZCursor::new(bytes));
        assert_eq!(decoder.decode_raw().unwrap(), grid.rgb);
    }
}
