//! What was drawn: one change of one picture, with every number that it needs.

use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    image::{MAX_SIDE, Size},
};

/// How the white around a product is filled.
#[cfg_attr(test, derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Texture {
    /// The first colour.
    Plain,
    /// From the first colour to the second, along a direction.
    Gradient {
        /// Counter-clockwise from rightwards.
        degrees: f64,
    },
    /// Between both colours by smooth noise.
    Clouds {
        /// Of the noise.
        stream: u32,
    },
}

/// A change with its parameters, as a record keeps it. Lengths are in pixels of the picture that the change is made to.
///
/// Real numbers have at most six decimals: so they survive JSON exactly, and a person can read them.
#[cfg_attr(test, derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
#[allow(missing_docs)] // the fields are the parameters of the operators, which describe them
pub enum Action {
    /// Counter-clockwise, about the centre.
    Rotate {
        degrees: f64,
    },
    /// About the centre; above 1 enlarges.
    Scale {
        factor: f64,
    },
    /// A window.
    Crop {
        left: u32,
        top: u32,
        width: u32,
        height: u32,
    },
    HorizontalFlip,
    VerticalFlip,
    /// Rightwards and downwards.
    Translate {
        x: f64,
        y: f64,
    },
    /// Columns a row and rows a column, about the centre.
    Shear {
        x: f64,
        y: f64,
    },
    /// Where the picture's corners look: shifts of top left, top right, bottom right, bottom left.
    Perspective {
        corners: [[f64; 2]; 4],
    },
    /// Shifts up to `shift`, at points `spacing` apart.
    Elastic {
        shift: f64,
        spacing: f64,
        stream: u32,
    },
    /// Columns and rows of the result.
    Resize {
        width: u32,
        height: u32,
    },
    /// Pixels added at each side.
    Pad {
        left: u32,
        top: u32,
        right: u32,
        bottom: u32,
    },
    Brightness {
        factor: f64,
    },
    Contrast {
        factor: f64,
    },
    Saturation {
        factor: f64,
    },
    Hue {
        degrees: f64,
    },
    Gamma {
        exponent: f64,
    },
    Grayscale {
        share: f64,
    },
    Posterize {
        bits: u32,
    },
    /// Levels from here on are inverted; 256 is none.
    Solarize {
        threshold: u32,
    },
    Equalize {
        share: f64,
    },
    Autocontrast {
        share: f64,
    },
    /// 0 is smooth, 1 is the picture, above is sharper.
    Sharpness {
        factor: f64,
    },
    /// Which channel each of red, green and blue is taken from.
    ChannelShuffle {
        order: [u8; 3],
    },
    Invert,
    GaussianBlur {
        sigma: f64,
    },
    MotionBlur {
        length: f64,
        degrees: f64,
    },
    BoxBlur {
        radius: u32,
    },
    Noise {
        sigma: f64,
        stream: u32,
    },
    SaltAndPepper {
        fraction: f64,
        stream: u32,
    },
    Jpeg {
        quality: u32,
    },
    Cutout {
        left: u32,
        top: u32,
        width: u32,
        height: u32,
        fill: u32,
    },
    /// Squares of side `hole`, `spacing` apart, the first at `left`, `top`.
    GridDropout {
        spacing: u32,
        hole: u32,
        left: u32,
        top: u32,
        fill: u32,
    },
    Background {
        colors: [[u8; 3]; 2],
        texture: Texture,
        white: u32,
        softness: u32,
    },
}

/// Actions of a family share their place in the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Moves pixels; actions in a row become one map.
    Geometry,
    /// Maps each level by a table; tables in a row become one.
    Levels,
    /// Combines red, green and blue of a pixel.
    Color,
    /// Reads the neighbourhood of each pixel.
    Filter,
    Noise,
    Erase,
    Codec,
    Background,
}

impl Action {
    pub(crate) fn family(&self) -> Family {
        match self {
            Self::Rotate { .. }
            | Self::Scale { .. }
            | Self::Crop { .. }
            | Self::HorizontalFlip
            | Self::VerticalFlip
            | Self::Translate { .. }
            | Self::Shear { .. }
            | Self::Perspective { .. }
            | Self::Elastic { .. }
            | Self::Resize { .. }
            | Self::Pad { .. } => Family::Geometry,
            Self::Brightness { .. }
            | Self::Contrast { .. }
            | Self::Gamma { .. }
            | Self::Posterize { .. }
            | Self::Solarize { .. }
            | Self::Equalize { .. }
            | Self::Autocontrast { .. }
            | Self::Invert => Family::Levels,
            Self::Saturation { .. } | Self::Hue { .. } | Self::Grayscale { .. } | Self::ChannelShuffle { .. } => {
                Family::Color
            }
            Self::Sharpness { .. } | Self::GaussianBlur { .. } | Self::MotionBlur { .. } | Self::BoxBlur { .. } => {
                Family::Filter
            }
            Self::Noise { .. } | Self::SaltAndPepper { .. } => Family::Noise,
            Self::Jpeg { .. } => Family::Codec,
            Self::Cutout { .. } | Self::GridDropout { .. } => Family::Erase,
            Self::Background { .. } => Family::Background,
        }
    }

    /// Its table of levels follows from the image, so that it starts a group of tables.
    pub(crate) fn depends_on_image(&self) -> bool {
        matches!(self, Self::Contrast { .. } | Self::Equalize { .. } | Self::Autocontrast { .. })
    }

    /// Size of the picture afterwards.
    pub(crate) fn output_size(&self, size: Size) -> Size {
        match *self {
            Self::Crop { width, height, .. } | Self::Resize { width, height } => Size { width, height },
            Self::Pad { left, top, right, bottom } => {
                Size { width: size.width + left + right, height: size.height + top + bottom }
            }
            _ => size,
        }
    }

    /// Refuses what no policy draws for a picture of this size, as an edited record may have it.
    pub(crate) fn check(&self, size: Size) -> Result<()> {
        let refuse = |found: String, expected: &str| {
            let name = serde_json::to_value(self).ok();
            let name = name.as_ref().and_then(|value| value["action"].as_str()).unwrap_or_default().to_owned();
            Err(Error::Record { culprit: name, found, expected: expected.to_owned() })
        };
        let within = |value: f64, low: f64, high: f64| match (low..=high).contains(&value) {
            true => Ok(()),
            false => refuse(value.to_string(), &format!("{low} to {high}")),
        };
        let side = f64::from(MAX_SIDE);
        match *self {
            Self::Rotate { degrees } | Self::Hue { degrees } => within(degrees, -360.0, 360.0),
            Self::Scale { factor } => within(factor, 1.0 / 64.0, 64.0),
            Self::Crop { left, top, width, height } => {
                let inside = |start: u32, length: u32, whole: u32| {
                    length > 0 && u64::from(start) + u64::from(length) <= u64::from(whole)
                };
                match inside(left, width, size.width) && inside(top, height, size.height) {
                    true => Ok(()),
                    false => refuse(
                        format!("{width} x {height} at {left}, {top}"),
                        &format!("a window of {} x {}", size.width, size.height),
                    ),
                }
            }
            Self::Translate { x, y } => within(x, -side, side).and(within(y, -side, side)),
            Self::Shear { x, y } => within(x, -4.0, 4.0).and(within(y, -4.0, 4.0)),
            Self::Perspective { corners } => {
                let most = |axis: usize| f64::from([size.width, size.height][axis]) * 0.45;
                // Inwards, and less than half a side: so the four stay the corners of a convex shape.
                corners.iter().zip([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]).try_for_each(
                    |(corner, inwards)| {
                        (0..2).try_for_each(|axis| within(corner[axis] * inwards[axis], 0.0, most(axis) + 1e-6))
                    },
                )
            }
            // A grid of single pixels would take more memory than the picture.
            Self::Elastic { shift, spacing, .. } => {
                within(shift, 0.0, side).and(within(spacing, (0.01 * size.shorter()).max(1.0), side))
            }
            Self::Resize { .. } | Self::Pad { .. } => {
                if let Self::Pad { left, top, right, bottom } = *self {
                    [left, top, right, bottom].iter().try_for_each(|&added| within(f64::from(added), 0.0, side))?;
                }
                let found = self.output_size(size);
                match found.fits() {
                    true => Ok(()),
                    false => refuse(
                        format!("a picture of {} x {}", found.width, found.height),
                        &format!("sides of 1 to {MAX_SIDE}"),
                    ),
                }
            }
            Self::Brightness { factor } | Self::Contrast { factor } | Self::Saturation { factor } => {
                within(factor, 0.0, 2.0)
            }
            Self::Gamma { exponent } => within(exponent, 0.05, 20.0),
            Self::Grayscale { share } | Self::Equalize { share } | Self::Autocontrast { share } => {
                within(share, 0.0, 1.0)
            }
            Self::Posterize { bits } => within(f64::from(bits), 1.0, 8.0),
            Self::Solarize { threshold } => within(f64::from(threshold), 0.0, 256.0),
            Self::Sharpness { factor } => within(factor, 0.0, 11.0),
            Self::ChannelShuffle { order } => match order.iter().all(|&channel| channel < 3) {
                true => Ok(()),
                false => refuse(format!("{order:?}"), "channels 0 to 2"),
            },
            Self::GaussianBlur { sigma } => within(sigma, 0.0, 20.0),
            Self::MotionBlur { length, degrees } => within(length, 0.0, 100.0).and(within(degrees, -360.0, 360.0)),
            Self::BoxBlur { radius } => within(f64::from(radius), 0.0, 60.0),
            Self::Noise { sigma, .. } => within(sigma, 0.0, 127.0),
            Self::SaltAndPepper { fraction, .. } => within(fraction, 0.0, 1.0),
            Self::Jpeg { quality } => within(f64::from(quality), 1.0, 100.0),
            Self::Cutout { fill, .. } => within(f64::from(fill), 0.0, 255.0),
            Self::GridDropout { spacing, fill, .. } => {
                within(f64::from(spacing), 1.0, side).and(within(f64::from(fill), 0.0, 255.0))
            }
            Self::Background { white, softness, texture, .. } => {
                if let Texture::Gradient { degrees } = texture {
                    within(degrees, -360.0, 360.0)?;
                }
                within(f64::from(white), 1.0, 255.0).and(within(f64::from(softness), 0.0, f64::from(white) - 1.0))
            }
            Self::HorizontalFlip | Self::VerticalFlip | Self::Invert => Ok(()),
        }
    }
}
