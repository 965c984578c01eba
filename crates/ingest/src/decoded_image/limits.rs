//! The sides of a usable photo.

/// Smallest side of a usable photo, in pixels.
const MIN_SIDE: u32 = 8;
/// Largest side of a photo that is decoded, in pixels.
const MAX_SIDE: u32 = windowshop_schema::dims::MAX_PHOTO_SIDE as u32;

/// The error of a file that is truncated or corrupt.
pub(crate) const DAMAGED: &str = "the image is damaged";

/// Fails on images that are too small to be useful or too large to decode.
pub(crate) fn check_sides(width: u32, height: u32) -> Result<(), &'static str> {
    if width.min(height) < MIN_SIDE {
        return Err("a side is shorter than 8 pixels");
    }
    if width.max(height) > MAX_SIDE {
        return Err("a side is longer than 8,192 pixels");
    }
    Ok(())
}
