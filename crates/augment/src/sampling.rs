//! How geometric operators read pixels: the border and the interpolation.

use serde::{Deserialize, Serialize};

/// Pixels outside the image that a geometric operator reads.
#[cfg_attr(test, derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Border {
    /// The image mirrored at the middle of its outermost pixels.
    #[default]
    Reflect,
    /// The outermost pixel.
    Edge,
    /// One colour: red, green, blue; opaque.
    Color([u8; 3]),
}

/// Interpolation of geometric operators.
#[cfg_attr(test, derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// From the 4 nearest.
    #[default]
    Bilinear,
    /// From the 16 nearest, by the cubic convolution of Keys (1981) with a = -0.5: sharper, slower.
    Bicubic,
}

/// Sampling of every geometric operator of a policy.
#[cfg_attr(test, derive(ts_rs::TS))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sampling {
    /// Pixels outside the image.
    pub border: Border,
    /// Values between pixels.
    pub interpolation: Interpolation,
}
