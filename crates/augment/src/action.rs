//! A sampled action: one change of one image, with all its parameters.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Map, Value};

use crate::{
    error::Error,
    field,
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

impl field::Field for Texture {
    const EXPECTED: &'static str = "plain, gradient with its degrees or clouds with their stream";
    fn read(value: &Value) -> Option<Self> {
        Self::deserialize(value).ok()
    }
}

macro_rules! actions {
    ($( $(#[$about:meta])* $variant:ident $name:literal $({ $( $field:ident: $kind:ty, )* })? )+) => {
        /// A change with its parameters, as a record keeps it. Lengths are in pixels of the image that the change is made to.
        ///
        /// Real numbers have at most six decimals: so they survive JSON exactly, and a person can read them.
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(tag = "action", rename_all = "snake_case")]
        #[allow(missing_docs)] // the fields are the parameters of the operators, which describe them
        pub enum Action {
            $( $(#[$about])* $variant $({ $( $field: $kind, )* })?, )+
        }

        impl Action {
            /// Value of `action` in a record.
            pub(crate) fn name(&self) -> &'static str {
                match self { $( Self::$variant { .. } => $name, )+ }
            }

            /// Takes the fields of the action `name` out of `map`.
            fn take(name: &str, map: &mut Map<String, Value>) -> Result<Self, String> {
                match name {
                    $( $name => Ok(Self::$variant { $( $( $field: field::take(map, stringify!($field))?, )* )? }), )+
                    other => Err(format!("action: found {other}; expected one that a policy samples")),
                }
            }
        }
    };
}

actions! {
    /// Counter-clockwise, about the centre.
    Rotate "rotate" {
        degrees: f64,
    }
    /// About the centre; above 1 enlarges.
    Scale "scale" {
        factor: f64,
    }
    /// A window.
    Crop "crop" {
        left: u32,
        top: u32,
        width: u32,
        height: u32,
    }
    HorizontalFlip "horizontal_flip"
    VerticalFlip "vertical_flip"
    /// Rightwards and downwards.
    Translate "translate" {
        x: f64,
        y: f64,
    }
    /// Columns a row and rows a column, about the centre.
    Shear "shear" {
        x: f64,
        y: f64,
    }
    /// Where the image's corners look: shifts of top left, top right, bottom right, bottom left.
    Perspective "perspective" {
        corners: [[f64; 2]; 4],
    }
    /// Shifts up to `shift`, at points `spacing` apart.
    Elastic "elastic" {
        shift: f64,
        spacing: f64,
        stream: u32,
    }
    /// Columns and rows of the result.
    Resize "resize" {
        width: u32,
        height: u32,
    }
    /// Pixels added at each side.
    Pad "pad" {
        left: u32,
        top: u32,
        right: u32,
        bottom: u32,
    }
    Brightness "brightness" {
        factor: f64,
    }
    Contrast "contrast" {
        factor: f64,
    }
    Saturation "saturation" {
        factor: f64,
    }
    Hue "hue" {
        degrees: f64,
    }
    Gamma "gamma" {
        exponent: f64,
    }
    Grayscale "grayscale" {
        share: f64,
    }
    Posterize "posterize" {
        bits: u32,
    }
    /// Levels from here on are inverted; 256 is none.
    Solarize "solarize" {
        threshold: u32,
    }
    Equalize "equalize" {
        share: f64,
    }
    Autocontrast "autocontrast" {
        share: f64,
    }
    /// 0 is smooth, 1 is the image, above is sharper.
    Sharpness "sharpness" {
        factor: f64,
    }
    /// Which channel each of red, green and blue is taken from.
    ChannelShuffle "channel_shuffle" {
        order: [u8; 3],
    }
    Invert "invert"
    GaussianBlur "gaussian_blur" {
        sigma: f64,
    }
    MotionBlur "motion_blur" {
        length: f64,
        degrees: f64,
    }
    BoxBlur "box_blur" {
        radius: u32,
    }
    Noise "noise" {
        sigma: f64,
        stream: u32,
    }
    SaltAndPepper "salt_and_pepper" {
        fraction: f64,
        stream: u32,
    }
    Jpeg "jpeg" {
        quality: u32,
    }
    Cutout "cutout" {
        left: u32,
        top: u32,
        width: u32,
        height: u32,
        fill: u32,
    }
    /// Squares of side `hole`, `spacing` apart, the first at `left`, `top`.
    GridDropout "grid_dropout" {
        spacing: u32,
        hole: u32,
        left: u32,
        top: u32,
        fill: u32,
    }
    Background "background" {
        colors: [[u8; 3]; 2],
        texture: Texture,
        white: u32,
        softness: u32,
    }
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
            geometry_actions!() => Family::Geometry,
            levels_actions!() => Family::Levels,
            color_actions!() => Family::Color,
            filter_actions!() => Family::Filter,
            noise_actions!() => Family::Noise,
            codec_actions!() => Family::Codec,
            erase_actions!() => Family::Erase,
            background_actions!() => Family::Background,
        }
    }

    /// Its table of levels follows from the image, so that it starts a group of tables.
    pub(crate) fn depends_on_image(&self) -> bool {
        matches!(self, Self::Contrast { .. } | Self::Equalize { .. } | Self::Autocontrast { .. })
    }

    /// Size of the image afterwards.
    pub(crate) fn output_size(&self, size: Size) -> Size {
        match *self {
            Self::Crop { width, height, .. } | Self::Resize { width, height } => Size { width, height },
            Self::Pad { left, top, right, bottom } => {
                Size { width: size.width + left + right, height: size.height + top + bottom }
            }
            Self::Rotate { .. }
            | Self::Scale { .. }
            | Self::HorizontalFlip { .. }
            | Self::VerticalFlip { .. }
            | Self::Translate { .. }
            | Self::Shear { .. }
            | Self::Perspective { .. }
            | Self::Elastic { .. }
            | levels_actions!()
            | color_actions!()
            | filter_actions!()
            | noise_actions!()
            | codec_actions!()
            | erase_actions!()
            | background_actions!() => size,
        }
    }

    /// Refuses what no policy samples for an image of this size, as an edited record may have it.
    pub(crate) fn check(&self, size: Size) -> crate::error::Result<()> {
        let refuse = |found: String, expected: &str| {
            Err(Error::Record { culprit: self.name().to_owned(), found, expected: expected.to_owned() })
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
            // A grid of single pixels would take more memory than the image.
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
                        format!("an image of {} x {}", found.width, found.height),
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

/// Reads field by field: derived code would add a tenth to the size of the wasm module.
fn read(mut map: Map<String, Value>) -> Result<Action, String> {
    let name = map.remove("action").unwrap_or_default();
    let name = name.as_str().ok_or_else(|| format!("action: found {name}; expected the name of one"))?;
    let action = Action::take(name, &mut map)?;
    match map.keys().next() {
        None => Ok(action),
        Some(key) => Err(format!("{name}: found the unknown key {key}; expected none")),
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(Map::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actions() -> Vec<Action> {
        let texture = Texture::Gradient { degrees: 12.5 };
        vec![
            Action::Rotate { degrees: -19.373747 },
            Action::Scale { factor: 0.931741 },
            Action::Crop { left: 1, top: 2, width: 3, height: 4 },
            Action::HorizontalFlip,
            Action::VerticalFlip,
            Action::Translate { x: 0.5, y: -2.0 },
            Action::Shear { x: 0.1, y: 0.0 },
            Action::Perspective { corners: [[0.0, 1.0], [-2.5, 3.0], [-4.0, -5.0], [6.0, -7.125]] },
            Action::Elastic { shift: 2.0, spacing: 3.5, stream: u32::MAX },
            Action::Resize { width: 5, height: 6 },
            Action::Pad { left: 1, top: 2, right: 3, bottom: 4 },
            Action::Brightness { factor: 1.155793 },
            Action::Contrast { factor: 1.0 },
            Action::Saturation { factor: 0.803836 },
            Action::Hue { degrees: -0.255915 },
            Action::Gamma { exponent: 2.5 },
            Action::Grayscale { share: 0.25 },
            Action::Posterize { bits: 3 },
            Action::Solarize { threshold: 256 },
            Action::Equalize { share: 1.0 },
            Action::Autocontrast { share: 0.75 },
            Action::Sharpness { factor: 1.5 },
            Action::ChannelShuffle { order: [2, 0, 1] },
            Action::Invert,
            Action::GaussianBlur { sigma: 0.645767 },
            Action::MotionBlur { length: 9.0, degrees: 45.0 },
            Action::BoxBlur { radius: 4 },
            Action::Noise { sigma: 12.0, stream: 7 },
            Action::SaltAndPepper { fraction: 0.1, stream: 8 },
            Action::Jpeg { quality: 40 },
            Action::Cutout { left: 45, top: 42, width: 61, height: 58, fill: 127 },
            Action::GridDropout { spacing: 9, hole: 3, left: 1, top: 2, fill: 0 },
            Action::Background { colors: [[1, 2, 3], [4, 5, 6]], texture, white: 250, softness: 40 },
        ]
    }

    #[test]
    fn every_action_is_read_as_it_was_written() {
        let mut kinds = std::collections::BTreeSet::new();
        for action in actions() {
            let text = serde_json::to_string(&action).unwrap();
            assert_eq!(serde_json::from_str::<Action>(&text).unwrap(), action, "{text}");
            kinds.insert(text.split(['"']).nth(3).unwrap().to_owned());
        }
        // As many as TypeScript knows, which derives them from the type.
        assert_eq!(kinds.len(), <Action as ts_rs::TS>::decl(&ts_rs::Config::default()).matches("\"action\"").count());
    }

    #[test]
    fn what_is_no_action_is_named() {
        let mistake = |text: &str| serde_json::from_str::<Action>(text).unwrap_err().to_string();
        assert!(mistake(r#"{"action": "melt"}"#).starts_with("action: found melt; expected one that a policy samples"));
        assert!(
            mistake(r#"{"action": "jpeg", "quality": 4.5}"#).starts_with("quality: found 4.5; expected a whole number")
        );
        assert!(mistake(r#"{"action": "invert", "share": 1}"#).starts_with("invert: found the unknown key share"));
        assert!(mistake(r#"{"action": "hue"}"#).starts_with("degrees: found null; expected a number"));
        assert!(mistake(r#"{"action": "channel_shuffle", "order": [1, 2]}"#).starts_with("order: found [1,2]"));
    }
}
