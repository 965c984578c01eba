//! Images and policies of the tests.
#![allow(dead_code)] // each test uses some of them

use windowshop_augment::{AugmentPolicy, Channels, Image, OPERATORS};

/// An image with gradients, edges, every level and a white surrounding, the same everywhere.
pub fn photo(width: u32, height: u32, channels: Channels) -> Image {
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let margin = x.min(width - 1 - x).min(y).min(height - 1 - y);
            let level = |channel: u32| match margin {
                0 | 1 if channel < 3 => 255,
                2 if channel < 3 => 235,
                _ => (x * (11 - 3 * channel) + y * (3 + 5 * channel) + x * y * channel % 41 + x / 6 % 2 * 70) as u8,
            };
            pixels.extend((0..channels.count() as u32).map(level));
        }
    }
    Image::new(width, height, channels, pixels).expect("an image")
}

/// A policy of these transforms.
pub fn policy(transforms: &str) -> AugmentPolicy {
    AugmentPolicy::from_json(&format!(r#"{{"transforms": [{transforms}]}}"#)).expect("a policy")
}

/// Names of all operators on one image, and of the presets.
pub fn every_operator() -> impl Iterator<Item = &'static str> {
    OPERATORS.iter().map(|operator| operator.name).chain(["trivial_augment", "rand_augment"])
}

/// A policy in which every operator has a part.
pub fn everything() -> String {
    let all: Vec<String> = OPERATORS
        .iter()
        .map(|operator| format!(r#"{{"operator": "{}", "probability": 0.8}}"#, operator.name))
        .collect();
    let all = all.join(", ");
    format!(
        r#"{{"transforms": [
            {{"operator": "some_of", "count": 6, "transforms": [{all}]}},
            {{"operator": "one_of", "probability": 0.5, "transforms": [
                {{"operator": "trivial_augment"}}, {{"operator": "rand_augment", "strength": 0.6, "count": 3}}
            ]}},
            {{"operator": "compose", "probability": 0.5, "transforms": [{{"operator": "hue"}}, {{"operator": "shear"}}]}}
        ]}}"#
    )
}
