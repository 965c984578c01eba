//! Policies by name, each a JSON file beside the source.

/// A policy that is ready to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// What it is called.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its JSON.
    pub policy: &'static str,
}

/// Every policy that has a name.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "trivial-augment",
        about: "one operator of 14 at a random strength (Müller and Hutter 2021)",
        policy: include_str!("../presets/trivial-augment.json"),
    },
    Preset {
        name: "rand-augment",
        about: "two operators of 14 at magnitude 9 of 30 (Cubuk et al. 2020)",
        policy: include_str!("../presets/rand-augment.json"),
    },
    Preset {
        name: "product-photo",
        about: "what another photographer, camera or shop would change: view, framing, light, compression, the white around it",
        policy: include_str!("../presets/product-photo.json"),
    },
    Preset {
        name: "test-time",
        about: "mirrored and slightly cropped: views to average a network's answer over",
        policy: include_str!("../presets/test-time.json"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AugmentPolicy;

    #[test]
    fn every_preset_is_a_policy_that_keeps_the_size_and_mixes_nothing() {
        for preset in PRESETS {
            let policy = AugmentPolicy::preset(preset.name).unwrap();
            let size = crate::Size { width: 40, height: 30 };
            assert_eq!(policy.output_size(size), Some(size), "{}", preset.name);
            assert!(!policy.mixes(), "{}", preset.name);
        }
        assert_eq!(AugmentPolicy::preset("none"), None);
    }
}
