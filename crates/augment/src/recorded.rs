//! Reading a recorded action, field by field: derived code for 33 kinds of action would be a tenth of what a page downloads.

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};

use crate::action::{Action, Texture};

/// What a field may hold.
trait Field: Sized {
    const EXPECTED: &'static str;
    fn read(value: &Value) -> Option<Self>;
}

impl Field for f64 {
    const EXPECTED: &'static str = "a number";
    fn read(value: &Value) -> Option<Self> {
        value.as_f64()
    }
}

impl Field for u32 {
    const EXPECTED: &'static str = "a whole number, zero or above";
    fn read(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl Field for u8 {
    const EXPECTED: &'static str = "a whole number from 0 to 255";
    fn read(value: &Value) -> Option<Self> {
        value.as_u64()?.try_into().ok()
    }
}

impl Field for Texture {
    const EXPECTED: &'static str = "plain, gradient with its degrees or clouds with their stream";
    fn read(value: &Value) -> Option<Self> {
        Self::deserialize(value).ok()
    }
}

impl<T: Field, const N: usize> Field for [T; N] {
    const EXPECTED: &'static str = "a list of the right length";
    fn read(value: &Value) -> Option<Self> {
        let values: Vec<T> = value.as_array()?.iter().map(T::read).collect::<Option<_>>()?;
        values.try_into().ok()
    }
}

fn take<T: Field>(map: &mut Map<String, Value>, key: &'static str) -> Result<T, String> {
    let value = map.remove(key).unwrap_or_default();
    T::read(&value).ok_or_else(|| format!("{key}: found {value}; expected {}", T::EXPECTED))
}

macro_rules! read {
    ($map:expr, $name:expr, { $( $text:literal $variant:ident { $($field:ident),* } )+ }) => {
        match $name {
            $( $text => Action::$variant { $( $field: take($map, stringify!($field))?, )* }, )+
            other => return Err(format!("action: found {other}; expected one that a policy draws")),
        }
    };
}

fn read(mut map: Map<String, Value>) -> Result<Action, String> {
    let name = map.remove("action").unwrap_or_default();
    let name = name.as_str().ok_or_else(|| format!("action: found {name}; expected the name of one"))?;
    let action = read!(&mut map, name, {
        "rotate" Rotate { degrees }
        "scale" Scale { factor }
        "crop" Crop { left, top, width, height }
        "horizontal_flip" HorizontalFlip {}
        "vertical_flip" VerticalFlip {}
        "translate" Translate { x, y }
        "shear" Shear { x, y }
        "perspective" Perspective { corners }
        "elastic" Elastic { shift, spacing, stream }
        "resize" Resize { width, height }
        "pad" Pad { left, top, right, bottom }
        "brightness" Brightness { factor }
        "contrast" Contrast { factor }
        "saturation" Saturation { factor }
        "hue" Hue { degrees }
        "gamma" Gamma { exponent }
        "grayscale" Grayscale { share }
        "posterize" Posterize { bits }
        "solarize" Solarize { threshold }
        "equalize" Equalize { share }
        "autocontrast" Autocontrast { share }
        "sharpness" Sharpness { factor }
        "channel_shuffle" ChannelShuffle { order }
        "invert" Invert {}
        "gaussian_blur" GaussianBlur { sigma }
        "motion_blur" MotionBlur { length, degrees }
        "box_blur" BoxBlur { radius }
        "noise" Noise { sigma, stream }
        "salt_and_pepper" SaltAndPepper { fraction, stream }
        "jpeg" Jpeg { quality }
        "cutout" Cutout { left, top, width, height, fill }
        "grid_dropout" GridDropout { spacing, hole, left, top, fill }
        "background" Background { colors, texture, white, softness }
    });
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
        assert!(mistake(r#"{"action": "melt"}"#).starts_with("action: found melt; expected one that a policy draws"));
        assert!(
            mistake(r#"{"action": "jpeg", "quality": 4.5}"#).starts_with("quality: found 4.5; expected a whole number")
        );
        assert!(mistake(r#"{"action": "invert", "share": 1}"#).starts_with("invert: found the unknown key share"));
        assert!(mistake(r#"{"action": "hue"}"#).starts_with("degrees: found null; expected a number"));
        assert!(mistake(r#"{"action": "channel_shuffle", "order": [1, 2]}"#).starts_with("order: found [1,2]"));
    }
}
