//! An image: interleaved bytes, rows from the top.

use crate::error::{Error, Result};

/// Most columns and rows of an image.
pub const MAX_SIDE: u32 = 16_384;

/// What the bytes of a pixel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channels {
    /// Luminance.
    Gray = 1,
    /// Red, green, blue.
    Rgb = 3,
    /// Red, green, blue and opacity, not premultiplied. Opacity moves with the geometry; no operator on colour touches it.
    Rgba = 4,
}

impl Channels {
    /// Bytes a pixel.
    pub const fn count(self) -> usize {
        self as usize
    }
}

/// Code that is compiled for each number of channels. Without the feature `all-channels` only that for three is, and
/// [`ImageRef::new`] refuses other images: a page downloads a third of it.
macro_rules! by_channels {
    ($channels:expr, $count:ident => $body:expr) => {
        match $channels {
            $crate::image::Channels::Rgb => {
                const $count: usize = 3;
                $body
            }
            #[cfg(feature = "all-channels")]
            $crate::image::Channels::Gray => {
                const $count: usize = 1;
                $body
            }
            #[cfg(feature = "all-channels")]
            $crate::image::Channels::Rgba => {
                const $count: usize = 4;
                $body
            }
            #[cfg(not(feature = "all-channels"))]
            _ => unreachable!("ImageRef::new refuses it"),
        }
    };
}
pub(crate) use by_channels;

/// Columns and rows of an image, each 1 to [`MAX_SIDE`].
#[cfg_attr(test, derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Size {
    /// Pixels of the whole image.
    pub const fn pixels(self) -> usize {
        self.width as usize * self.height as usize
    }

    /// The shorter side.
    pub(crate) fn shorter(self) -> f64 {
        f64::from(self.width.min(self.height))
    }

    pub(crate) fn fits(self) -> bool {
        (1..=MAX_SIDE).contains(&self.width) && (1..=MAX_SIDE).contains(&self.height)
    }
}

/// An image whose pixels belong to somebody else: `[height, width, channels]`.
#[derive(Clone, Copy, Debug)]
pub struct ImageRef<'a> {
    size: Size,
    channels: Channels,
    pixels: &'a [u8],
}

impl<'a> ImageRef<'a> {
    /// # Errors
    /// A side outside 1 to [`MAX_SIDE`], or another number of bytes than `width` × `height` × channels.
    pub fn new(width: u32, height: u32, channels: Channels, pixels: &'a [u8]) -> Result<Self> {
        let size = Size { width, height };
        let expected = match size.fits() {
            false => Some(format!("sides of 1 to {MAX_SIDE}")),
            true if cfg!(not(feature = "all-channels")) && channels != Channels::Rgb => Some("3 channels".to_owned()),
            true => {
                let bytes = size.pixels() * channels.count();
                (bytes != pixels.len()).then(|| bytes.to_string())
            }
        };
        match expected {
            None => Ok(Self { size, channels, pixels }),
            Some(expected) => {
                Err(Error::Pixels { width, height, channels: channels.count(), found: pixels.len(), expected })
            }
        }
    }

    /// For parts of this crate, which know what they made.
    pub(crate) fn trusted(size: Size, channels: Channels, pixels: &'a [u8]) -> Self {
        debug_assert_eq!(pixels.len(), size.pixels() * channels.count());
        Self { size, channels, pixels }
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        self.size
    }

    /// What a pixel is made of.
    pub fn channels(&self) -> Channels {
        self.channels
    }

    /// `[height, width, channels]`.
    pub fn pixels(&self) -> &'a [u8] {
        self.pixels
    }

    /// Bytes a row.
    pub(crate) fn stride(&self) -> usize {
        self.size.width as usize * self.channels.count()
    }

    pub(crate) fn row(&self, y: usize) -> &'a [u8] {
        &self.pixels[y * self.stride()..][..self.stride()]
    }
}

/// An image with its pixels: `[height, width, channels]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    size: Size,
    channels: Channels,
    pixels: Vec<u8>,
}

impl Image {
    /// # Errors
    /// As [`ImageRef::new`].
    pub fn new(width: u32, height: u32, channels: Channels, pixels: Vec<u8>) -> Result<Self> {
        ImageRef::new(width, height, channels, &pixels)?;
        Ok(Self { size: Size { width, height }, channels, pixels })
    }

    /// Reads a JPEG or WebP file: grey ones as [`Channels::Gray`], ones with opacity as [`Channels::Rgba`].
    ///
    /// # Errors
    /// A file of another kind, a damaged one, or one with a side above [`MAX_SIDE`].
    pub fn decode(file: &[u8]) -> Result<Self> {
        use image::ColorType;
        let found = image::load_from_memory(file).map_err(|error| Error::Decode(error.to_string()))?;
        let (width, height) = (found.width(), found.height());
        match found.color() {
            ColorType::L8 | ColorType::L16 => Self::new(width, height, Channels::Gray, found.into_luma8().into_raw()),
            color if color.has_alpha() => Self::new(width, height, Channels::Rgba, found.into_rgba8().into_raw()),
            _ => Self::new(width, height, Channels::Rgb, found.into_rgb8().into_raw()),
        }
    }

    /// A black one.
    pub(crate) fn black(size: Size, channels: Channels) -> Self {
        Self { size, channels, pixels: vec![0; size.pixels() * channels.count()] }
    }

    /// From values that lie channel by channel, `[channels, height, width]`, as networks read them.
    ///
    /// # Errors
    /// As [`ImageRef::new`].
    pub fn from_planes(width: u32, height: u32, channels: Channels, planes: &[u8]) -> Result<Self> {
        ImageRef::new(width, height, channels, planes)?;
        let size = Size { width, height };
        let mut image = Self::black(size, channels);
        for (channel, plane) in planes.chunks_exact(size.pixels()).enumerate() {
            let levels = image.pixels.iter_mut().skip(channel).step_by(channels.count());
            levels.zip(plane).for_each(|(level, own)| *level = *own);
        }
        Ok(image)
    }

    /// The values channel by channel: `[channels, height, width]`.
    pub fn planes(&self) -> Vec<u8> {
        let channels = self.channels.count();
        (0..channels).flat_map(|channel| self.pixels.iter().skip(channel).step_by(channels)).copied().collect()
    }

    /// The same image, borrowed.
    pub fn as_ref(&self) -> ImageRef<'_> {
        ImageRef { size: self.size, channels: self.channels, pixels: &self.pixels }
    }

    /// Columns and rows.
    pub fn size(&self) -> Size {
        self.size
    }

    /// What a pixel is made of.
    pub fn channels(&self) -> Channels {
        self.channels
    }

    /// `[height, width, channels]`.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    pub(crate) fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// The bytes, without their size.
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_the_channels_and_make_the_same_image_again() {
        let image = Image::new(2, 1, Channels::Rgb, vec![1, 2, 3, 4, 5, 6]).unwrap();
        assert_eq!(image.planes(), [1, 4, 2, 5, 3, 6]);
        assert_eq!(Image::from_planes(2, 1, Channels::Rgb, &image.planes()).unwrap(), image);
        assert!(Image::from_planes(2, 2, Channels::Rgb, &image.planes()).is_err());
    }

    #[test]
    fn pixels_of_another_size_are_refused_with_what_was_expected() {
        let error = Image::new(4, 2, Channels::Rgb, vec![0; 20]).unwrap_err().to_string();
        assert_eq!(error, "image of 4 x 2 with 3 channels: found 20 bytes; expected 24");
        assert!(Image::new(0, 2, Channels::Rgb, vec![]).unwrap_err().to_string().ends_with("sides of 1 to 16384"));
        assert!(Image::decode(b"no image").unwrap_err().to_string().ends_with("expected JPEG or WebP"));
    }
}
