//! A contact sheet: some photos with their changed copies beside them, in one image.

use font8x8::{BASIC_FONTS, LATIN_FONTS, UnicodeFonts};
use windowshop_augment::{Action, Image, Record, Sampling, Size};
use windowshop_ingest::DecodedImage;

/// Photos on a sheet, spread over all of them.
pub const ROWS: usize = 24;
/// Changed copies beside each.
pub const VIEWS: usize = 7;
/// Longest side of a thumbnail, in pixels.
const SIDE: u32 = 128;
const GAP: usize = 8;
/// Space between a photo and its copies.
const ASIDE: usize = 16;
const LETTER: usize = 8;
const LABEL: usize = LETTER + 4;
const PAPER: u8 = 255;
const INK: u8 = 60;

/// A photo, its changed copies and its name.
pub struct Row {
    pub name: String,
    pub original: Image,
    pub views: Vec<Image>,
}

/// Which of `count` photos are shown.
pub fn chosen(count: usize) -> Vec<usize> {
    let rows = count.min(ROWS);
    (0..rows).map(|row| row * count / rows).collect()
}

/// The photo in the sheet's size: smaller where it is larger, never larger.
pub fn thumbnail(image: &Image) -> Image {
    let size = image.size();
    let longest = size.width.max(size.height);
    if longest <= SIDE {
        return image.clone();
    }
    let fit = |side: u32| (u64::from(side) * u64::from(SIDE) / u64::from(longest)).max(1) as u32;
    let actions = vec![Action::Resize { width: fit(size.width), height: fit(size.height) }];
    Record { size, sampling: Sampling::default(), actions }.replay(image).expect("a resize of this picture")
}

/// The sheet; its rows hold thumbnails.
pub fn draw(rows: &[Row]) -> DecodedImage {
    let side = SIDE as usize;
    let views = rows.iter().map(|row| row.views.len()).max().unwrap_or(0);
    let (width, line) = (GAP + side + ASIDE + views * (side + GAP), LABEL + side + GAP);
    let height = GAP + rows.len() * line;
    let mut sheet = DecodedImage { width, height, rgb: vec![PAPER; width * height * 3] };
    for (number, row) in rows.iter().enumerate() {
        let top = GAP + number * line;
        write(&mut sheet, &row.name, GAP, top);
        paste(&mut sheet, &row.original, GAP, top + LABEL);
        for (view, image) in row.views.iter().enumerate() {
            paste(&mut sheet, image, GAP + side + ASIDE + view * (side + GAP), top + LABEL);
        }
    }
    sheet
}

/// In the middle of its cell.
fn paste(sheet: &mut DecodedImage, image: &Image, left: usize, top: usize) {
    let Size { width, height } = image.size();
    let [left, top] =
        [(left, width), (top, height)].map(|(start, side)| start + (SIDE.saturating_sub(side) / 2) as usize);
    let row_bytes = width as usize * 3;
    for (y, row) in image.pixels().chunks_exact(row_bytes).enumerate() {
        sheet.rgb[((top + y) * sheet.width + left) * 3..][..row_bytes].copy_from_slice(row);
    }
}

/// As much of the end of `name` as there is room for; what the font lacks is a question mark.
fn write(sheet: &mut DecodedImage, name: &str, left: usize, top: usize) {
    let room = (sheet.width - left) / LETTER;
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters[letters.len().saturating_sub(room)..].iter().enumerate() {
        let glyph = BASIC_FONTS.get(*letter).or_else(|| LATIN_FONTS.get(*letter)).or_else(|| BASIC_FONTS.get('?'));
        for (y, bits) in glyph.unwrap_or_default().into_iter().enumerate() {
            for x in (0..LETTER).filter(|x| bits >> x & 1 == 1) {
                sheet.rgb[((top + y) * sheet.width + left + at * LETTER + x) * 3..][..3].fill(INK);
            }
        }
    }
}
