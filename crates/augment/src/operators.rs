//! The operators by name, with their parameters, their ranges and what they are at strength 1.

use serde::Serialize;

/// A number that a policy may set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ParameterDescription {
    /// Key in the policy.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Value where the policy names none.
    pub default: f64,
    /// Least value allowed.
    pub least: f64,
    /// Greatest value allowed.
    pub most: f64,
    /// Only whole numbers are allowed.
    pub whole: bool,
}

/// An operator as a policy names it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OperatorDescription {
    /// Value of `operator` in the policy.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Its keys beside `operator`, `probability` and `strength`.
    pub parameters: &'static [ParameterDescription],
}

trait Number: Copy {
    const WHOLE: bool;
    fn from_f64(value: f64) -> Self;
    fn to_f64(self) -> f64;
}

impl Number for f64 {
    const WHOLE: bool = false;
    fn from_f64(value: f64) -> Self {
        value
    }
    fn to_f64(self) -> f64 {
        self
    }
}

impl Number for u32 {
    const WHOLE: bool = true;
    fn from_f64(value: f64) -> Self {
        value as Self
    }
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

macro_rules! operators {
    ($(
        $(#[doc = $about:literal])+
        $variant:ident $name:literal {
            $( $(#[doc = $meaning:literal])+ $field:ident: $kind:ty = $default:literal in [$least:literal, $most:literal], )*
        }
    )+) => {
        /// One operator with its parameters. How much of them is used is the node's `strength`.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Operator {
            $( $(#[doc = $about])+ $variant { $( $(#[doc = $meaning])+ $field: $kind, )* }, )+
        }

        /// Every operator that works on one image.
        pub const OPERATORS: &[OperatorDescription] = &[ $( OperatorDescription {
            name: $name,
            about: concat!($($about),+).trim_ascii(),
            parameters: &[ $( ParameterDescription {
                name: stringify!($field),
                about: concat!($($meaning),+).trim_ascii(),
                default: $default as f64,
                least: $least as f64,
                most: $most as f64,
                whole: <$kind as Number>::WHOLE,
            }, )* ],
        }, )+ ];

        impl Operator {
            /// The operator of that name with its default parameters.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $( $name => Some(Self::$variant { $( $field: $default, )* }), )+
                    _ => None,
                }
            }

            /// Its name in a policy.
            pub fn name(&self) -> &'static str {
                match self { $( Self::$variant { .. } => $name, )+ }
            }

            /// Its parameters by name.
            pub fn parameters(&self) -> Vec<(&'static str, f64)> {
                match self {
                    $( Self::$variant { $( $field, )* } => vec![$( (stringify!($field), $field.to_f64()), )*], )+
                }
            }

            /// Sets a parameter; the caller has looked it up in [`OPERATORS`] and checked its range.
            pub(crate) fn set(&mut self, parameter: &str, value: f64) {
                match self {
                    $( Self::$variant { $( $field, )* } => {
                        $( if parameter == stringify!($field) { *$field = Number::from_f64(value); } )*
                    } )+
                }
                let _ = (parameter, value);
            }
        }
    };
}

operators! {
    /// Turns the image about its centre, either way.
    Rotate "rotate" {
        /// Degrees at strength 1.
        max_degrees: f64 = 180.0 in [0.0, 180.0],
    }
    /// Enlarges or shrinks the content about its centre; the image keeps its size.
    Scale "scale" {
        /// Factor at strength 1; as often its inverse.
        max_factor: f64 = 2.0 in [1.0, 16.0],
    }
    /// Cuts a window of the image's proportions from a random place; the image becomes smaller.
    Crop "crop" {
        /// Share of each side that is cut off at strength 1.
        max_fraction: f64 = 0.5 in [0.0, 0.99],
    }
    /// Shows a random part at a given size (Szegedy et al. 2015).
    RandomResizedCrop "random_resized_crop" {
        /// Columns of the result; 0 keeps the image's.
        width: u32 = 0 in [0, 16384],
        /// Rows of the result; 0 keeps the image's.
        height: u32 = 0 in [0, 16384],
        /// Least share of the area that is shown at strength 1.
        min_area: f64 = 0.08 in [0.0001, 1.0],
        /// Greatest change of the proportions at strength 1, either way.
        max_ratio: f64 = 1.3333333333333333 in [1.0, 16.0],
    }
    /// Mirrors left and right.
    HorizontalFlip "horizontal_flip" {}
    /// Mirrors top and bottom.
    VerticalFlip "vertical_flip" {}
    /// Moves the content.
    Translate "translate" {
        /// Share of the width at strength 1, either way.
        max_x: f64 = 0.5 in [0.0, 1.0],
        /// Share of the height at strength 1, either way.
        max_y: f64 = 0.5 in [0.0, 1.0],
        /// Pixels that the shift is a multiple of; 0: any part of a pixel. Whole pixels blur nothing.
        step: u32 = 0 in [0, 64],
    }
    /// Slants the content about its centre.
    Shear "shear" {
        /// Columns a row at strength 1, either way.
        max_x: f64 = 0.5 in [0.0, 2.0],
        /// Rows a column at strength 1, either way.
        max_y: f64 = 0.5 in [0.0, 2.0],
    }
    /// Looks at the image from the side: each corner moves inwards by itself.
    Perspective "perspective" {
        /// Share of half a side that a corner moves at strength 1.
        max_fraction: f64 = 0.5 in [0.0, 0.9],
    }
    /// Bends the image by a smooth random field (Simard et al. 2003), a B-spline over a coarse grid.
    Elastic "elastic" {
        /// Shift at strength 1, as a share of the shorter side.
        max_fraction: f64 = 0.1 in [0.0, 0.5],
        /// Distance of the grid's points, as a share of the shorter side.
        spacing: f64 = 0.2 in [0.02, 1.0],
    }
    /// Brings the image to a given size, whatever its proportions.
    Resize "resize" {
        /// Columns of the result.
        width: u32 = 224 in [1, 16384],
        /// Rows of the result.
        height: u32 = 224 in [1, 16384],
    }
    /// Adds a border of random width to each side; the policy's `border` fills it.
    Pad "pad" {
        /// Share of the side that is added at each of its ends at strength 1.
        max_fraction: f64 = 0.25 in [0.0, 1.0],
    }
    /// Adds a border to the shorter side, so that the image is a square; the policy's `border` fills it.
    PadToSquare "pad_to_square" {}
    /// Multiplies every channel.
    Brightness "brightness" {
        /// Change of the factor 1 at strength 1, either way.
        max_change: f64 = 0.99 in [0.0, 1.0],
    }
    /// Stretches the distance to the image's mean luminance.
    Contrast "contrast" {
        /// Change of the factor 1 at strength 1, either way.
        max_change: f64 = 0.99 in [0.0, 1.0],
    }
    /// Stretches the distance of each pixel to its luminance.
    Saturation "saturation" {
        /// Change of the factor 1 at strength 1, either way.
        max_change: f64 = 0.99 in [0.0, 1.0],
    }
    /// Turns the hue in the HSV hexcone (Smith 1978).
    Hue "hue" {
        /// Degrees at strength 1, either way.
        max_degrees: f64 = 180.0 in [0.0, 180.0],
    }
    /// Raises every channel to a power.
    Gamma "gamma" {
        /// Exponent at strength 1; as often its inverse.
        max_exponent: f64 = 2.5 in [1.0, 10.0],
    }
    /// Mixes each pixel with its luminance; `strength` is the share.
    Grayscale "grayscale" {}
    /// Brightness, contrast, saturation and hue in random order.
    ColorJitter "color_jitter" {
        /// Change of the brightness at strength 1.
        brightness: f64 = 0.4 in [0.0, 1.0],
        /// Change of the contrast at strength 1.
        contrast: f64 = 0.4 in [0.0, 1.0],
        /// Change of the saturation at strength 1.
        saturation: f64 = 0.4 in [0.0, 1.0],
        /// Degrees of hue at strength 1.
        hue: f64 = 36.0 in [0.0, 180.0],
    }
    /// Keeps the high bits of every channel.
    Posterize "posterize" {
        /// Bits that are kept at strength 1.
        min_bits: u32 = 2 in [1, 8],
    }
    /// Inverts what is as bright as a threshold or brighter.
    Solarize "solarize" {
        /// Threshold at strength 1.
        min_threshold: u32 = 0 in [0, 255],
    }
    /// Flattens the histogram of each channel; `strength` is the share of the flattened image.
    Equalize "equalize" {}
    /// Stretches each channel to the whole range; `strength` is the share of the stretched image.
    Autocontrast "autocontrast" {}
    /// Strengthens edges: away from an image smoothed by 3 x 3 pixels.
    Sharpen "sharpen" {
        /// Times the edges are added at strength 1.
        max_amount: f64 = 2.0 in [0.0, 10.0],
    }
    /// Brings the channels into another order.
    ChannelShuffle "channel_shuffle" {}
    /// Inverts every channel.
    Invert "invert" {}
    /// Blurs by a Gaussian.
    GaussianBlur "gaussian_blur" {
        /// Standard deviation in pixels at strength 1.
        max_sigma: f64 = 3.0 in [0.0, 20.0],
    }
    /// Blurs along a line of random direction.
    MotionBlur "motion_blur" {
        /// Length in pixels at strength 1.
        max_length: f64 = 15.0 in [0.0, 100.0],
    }
    /// Blurs by the mean of a square.
    BoxBlur "box_blur" {
        /// Pixels on each side of the middle at strength 1.
        max_radius: u32 = 5 in [0, 60],
    }
    /// Adds to each value a random one, nearly normal.
    Noise "noise" {
        /// Standard deviation in levels (0 to 255) at strength 1.
        max_sigma: f64 = 50.0 in [0.0, 127.0],
    }
    /// Makes some pixels black and some white.
    SaltAndPepper "salt_and_pepper" {
        /// Share of the pixels at strength 1.
        max_fraction: f64 = 0.1 in [0.0, 1.0],
    }
    /// Writes a JPEG file and reads it back.
    Jpeg "jpeg" {
        /// Quality at strength 1; near strength 0 it is 95.
        min_quality: u32 = 10 in [1, 95],
    }
    /// Erases a rectangle (DeVries and Taylor 2017, Zhong et al. 2020).
    Cutout "cutout" {
        /// Share of the area at strength 1.
        max_area: f64 = 0.25 in [0.0, 1.0],
        /// Greatest proportion of the sides, either way.
        max_ratio: f64 = 2.0 in [1.0, 10.0],
        /// Level (0 to 255) of what is erased.
        fill: u32 = 127 in [0, 255],
    }
    /// Erases squares on a grid (GridMask, Chen et al. 2020).
    GridDropout "grid_dropout" {
        /// Distance of two squares, as a share of the shorter side.
        spacing: f64 = 0.2 in [0.01, 1.0],
        /// Side of a square at strength 1, as a share of their distance.
        max_fraction: f64 = 0.6 in [0.0, 1.0],
        /// Level (0 to 255) of what is erased.
        fill: u32 = 127 in [0, 255],
    }
    /// Replaces the white around a product by a colour, a gradient or clouds; `strength` is how far it may be from white.
    Background "background" {
        /// Least level (0 to 255) of every channel where the white is pure enough to be replaced as a whole.
        white: u32 = 250 in [1, 255],
        /// Levels below `white` over which the replacement fades out, so that edges stay soft.
        softness: u32 = 40 in [0, 254],
    }
}
