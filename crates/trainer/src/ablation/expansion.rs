//! How the samples of a training were expanded, named by the corresponding ablation arm.

use windowshop_ingest::Dataset;
use windowshop_schema::{ImageTrainConfig, IntentTrainConfig, RankerTrainConfig, SentimentTrainConfig};

use crate::run::Expansion;

/// Augmented real samples.
pub const CLASSIC: &str = "classic";
/// Real and generated samples.
pub const GENERATED: &str = "gan";
/// Generated samples only.
pub const GENERATED_ONLY: &str = "gan-only";
/// Augmented real samples and generated ones.
pub const ALL: &str = "all";
/// Real and simulated visitors.
pub const SIMULATED: &str = "simulated";
/// Simulated visitors only.
pub const SIMULATED_ONLY: &str = "simulated-only";

/// Expansion of `training` photos, `real` of which are from the shop (none with `generated_only`).
pub fn of_photos(config: &ImageTrainConfig, real: usize, training: usize) -> Option<Expansion> {
    let augmented = match config.augment.as_str() {
        "none" => false,
        "" => [config.shift, config.flip, config.zoom, config.erase].iter().any(|amount| *amount > 0.0),
        _ => true,
    };
    generated(&config.generated, config.generated_only, augmented, real, training)
}

/// Expansion of texts; all are real.
pub fn of_texts(config: &SentimentTrainConfig, training: usize) -> Option<Expansion> {
    generated("", false, !matches!(config.augment.as_str(), "" | "none"), training, training)
}

/// Expansion of `training` rows, `real` of which are from the table (none with `generated_only`).
pub fn of_rows(config: &IntentTrainConfig, real: usize, training: usize) -> Option<Expansion> {
    generated(&config.generated, config.generated_only, false, real, training)
}

/// Expansion of `training` lists, `real` of which were shown to real visitors.
pub fn of_lists(config: &RankerTrainConfig, real: usize, training: usize) -> Option<Expansion> {
    let arm = if config.generated_only { SIMULATED_ONLY } else { SIMULATED };
    let expansion = Expansion { arm: arm.into(), real, synthetic: training - real };
    (!config.generated.is_empty()).then_some(expansion)
}

fn generated(generator: &str, only: bool, augmented: bool, real: usize, training: usize) -> Option<Expansion> {
    let real = if only && !generator.is_empty() { 0 } else { real };
    let arm = match (generator.is_empty(), only, augmented) {
        (true, _, false) => return None,
        (true, _, true) => CLASSIC,
        (false, true, _) => GENERATED_ONLY,
        (false, false, true) => ALL,
        (false, false, false) => GENERATED,
    };
    Some(Expansion { arm: arm.into(), real, synthetic: training - real })
}

/// Expansion of a dataset of behaviour. `None` without simulated rows, and for data that are simulated from no real dataset.
pub fn of_behaviour(dataset: &Dataset) -> Option<Expansion> {
    let (synthetic, all) = dataset.simulated_rows();
    let arm = match (synthetic, all - synthetic, dataset.store.simulated_from.is_empty()) {
        (0, _, _) | (_, 0, true) => return None,
        (_, 0, false) => SIMULATED_ONLY,
        _ => SIMULATED,
    };
    Some(Expansion { arm: arm.into(), real: (all - synthetic) as usize, synthetic: synthetic as usize })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_names_the_ablation_arm_of_the_settings() {
        let photos = |augment: &str, generated: &str, generated_only: bool| {
            let config = ImageTrainConfig {
                augment: augment.into(),
                generated: generated.into(),
                generated_only,
                ..ImageTrainConfig::default()
            };
            of_photos(&config, 20, if generated.is_empty() { 20 } else { 50 }).map(|e| (e.arm, e.real, e.synthetic))
        };
        assert_eq!(photos("none", "", false), None);
        assert_eq!(photos("none", "run", false).unwrap(), ("gan".into(), 20, 30));
        assert_eq!(photos("none", "run", true).unwrap(), ("gan-only".into(), 0, 50));
        for augment in ["", "product"] {
            assert_eq!(photos(augment, "", false).unwrap(), ("classic".into(), 20, 0), "{augment}");
            assert_eq!(photos(augment, "run", false).unwrap().0, "all", "{augment}");
        }
    }
}
