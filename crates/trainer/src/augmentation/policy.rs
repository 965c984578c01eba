//! Policies by name or from a file.

use std::{fs, path::Path};

use anyhow::{Context, bail};
use windowshop_augment::{AugmentPolicy, PRESETS, Preset};
use windowshop_augment_text::{PRESETS as TEXT_PRESETS, TextPolicy};

/// The policy for photos of that name: one of the presets, or a JSON file.
pub fn photos(name: &str) -> anyhow::Result<AugmentPolicy> {
    AugmentPolicy::from_json(&json(name, PRESETS)?).with_context(|| format!("{name}: no policy for photos"))
}

/// The policy for texts of that name; none where it is empty or `none`.
pub fn texts(name: &str) -> anyhow::Result<Option<TextPolicy>> {
    if matches!(name, "" | "none") {
        return Ok(None);
    }
    TextPolicy::from_json(&json(name, TEXT_PRESETS)?).map(Some).with_context(|| format!("{name}: no policy for texts"))
}

fn json(name: &str, presets: &[Preset]) -> anyhow::Result<String> {
    if let Some(preset) = presets.iter().find(|preset| preset.name == name) {
        return Ok(preset.policy.to_owned());
    }
    if !Path::new(name).is_file() {
        let known: Vec<&str> = presets.iter().map(|preset| preset.name).collect();
        bail!(
            "{name}: found neither a file nor a policy of that name; expected a JSON file, or one of {}",
            known.join(", ")
        );
    }
    fs::read_to_string(name).with_context(|| format!("{name}: cannot be read as text"))
}
