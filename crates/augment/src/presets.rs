//! Policies by name.

/// A policy that is known by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// What it is called.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its JSON.
    pub policy: &'static str,
}

/// Every policy that is known by name; none of them changes the size of an image.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "product",
        about: "A product before white: moved, turned, seen from the side, before another background, in another light.",
        policy: include_str!("../policies/product.json"),
    },
    Preset {
        name: "photo",
        about: "A photo that fills its frame: another part of it, in another light.",
        policy: include_str!("../policies/photo.json"),
    },
    Preset {
        name: "views",
        about: "Small changes that leave the subject what it is: for averaging what a network says of several views.",
        policy: include_str!("../policies/views.json"),
    },
    Preset {
        name: "trivial_augment",
        about: "TrivialAugment (Müller and Hutter 2021): one random operator, of any strength.",
        policy: r#"{"transforms": [{"operator": "trivial_augment"}]}"#,
    },
    Preset {
        name: "rand_augment",
        about: "RandAugment (Cubuk et al. 2020): two random operators at magnitude 9 of 30.",
        policy: r#"{"transforms": [{"operator": "rand_augment"}]}"#,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AugmentPolicy, Channels, Image, Key, Size};

    fn photo() -> Image {
        let pixels = (0..20 * 30 * 3).map(|at| (at * at % 251) as u8).collect();
        Image::new(30, 20, Channels::Rgb, pixels).unwrap()
    }

    #[test]
    fn a_preset_changes_the_image_and_not_its_size() {
        for preset in PRESETS {
            let policy = AugmentPolicy::preset(preset.name).unwrap();
            let size = Size { width: 30, height: 20 };
            assert_eq!(policy.output_size(size), Some(size), "{}", preset.name);
            let changed = |sample| policy.apply(&photo(), Key { seed: 1, sample, epoch: 0 }) != photo();
            assert!((0..8).any(changed), "{}", preset.name);
        }
        let error = AugmentPolicy::preset("products").unwrap_err();
        assert_eq!(error.code(), "policy_invalid");
        assert!(error.to_string().starts_with("policy: found the name products; expected a policy, or one of product"));
    }

    #[test]
    fn a_policy_scaled_to_nothing_is_the_identity_and_scaled_by_one_is_itself() {
        for preset in PRESETS {
            let policy = || AugmentPolicy::preset(preset.name).unwrap();
            let none = policy().scaled(0.0).unwrap();
            for sample in 0..8 {
                assert_eq!(none.apply(&photo(), Key { seed: 1, sample, epoch: 0 }), photo(), "{}", preset.name);
            }
            assert_eq!(policy().scaled(1.0).unwrap(), policy());
        }
        let half = AugmentPolicy::from_json(r#"{"transforms": [{"operator": "rotate", "strength": 0.8}]}"#);
        assert!(half.unwrap().scaled(0.5).unwrap().to_json().contains(r#""strength":0.4"#));
        let error = AugmentPolicy::preset("views").unwrap().scaled(2.0).unwrap_err();
        assert_eq!(error.to_string(), "strength: found 2; expected 0 to 1");
    }
}
