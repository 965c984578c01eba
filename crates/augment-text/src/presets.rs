//! Policies by name, each a JSON file beside the source.

use windowshop_augment::Preset;

/// Every policy that has a name.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "reviews",
        about: "words left out and some typing mistakes",
        policy: include_str!("../presets/reviews.json"),
    },
    Preset {
        name: "queries",
        about: "typing mistakes of short texts",
        policy: include_str!("../presets/queries.json"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TextPolicy;

    #[test]
    fn every_preset_is_a_policy() {
        assert!(PRESETS.iter().all(|preset| TextPolicy::preset(preset.name).is_some()));
        assert_eq!(TextPolicy::preset("none"), None);
    }
}
