//! How a training expanded its samples: by the name of the arm that measures the same.

use windowshop_ingest::Dataset;
use windowshop_schema::{ImageTrainConfig, IntentTrainConfig, RankerTrainConfig, SentimentTrainConfig};

use crate::run::Expansion;

/// Real samples changed each time they are shown.
pub const CLASSIC: &str = "classic";
/// Real samples and such as a generator made.
pub const GENERATED: &str = "gan";
/// Such as a generator made, alone.
pub const GENERATED_ONLY: &str = "gan-only";
/// Both: changed, and with such as a generator made.
pub const ALL: &str = "all";
/// Real visitors and simulated ones.
pub const SIMULATED: &str = "simulated";
/// Simulated visitors alone.
pub const SIMULATED_ONLY: &str = "simulated-only";

/// Of `learned` photos `real` were photos of the shop, unless only generated ones were learned from.
pub fn of_photos(config: &ImageTrainConfig, real: usize, learned: usize) -> Option<Expansion> {
    let changed = match config.augment.as_str() {
        "none" => false,
        "" => [config.shift, config.flip, config.zoom, config.erase].iter().any(|amount| *amount > 0.0),
        _ => true,
    };
    generated(&config.generated, config.generated_only, changed, real, learned)
}

/// All of the texts are real.
pub fn of_texts(config: &SentimentTrainConfig, learned: usize) -> Option<Expansion> {
    generated("", false, !matches!(config.augment.as_str(), "" | "none"), learned, learned)
}

/// Of `learned` rows `real` were rows of the table, unless only generated ones were learned from.
pub fn of_rows(config: &IntentTrainConfig, real: usize, learned: usize) -> Option<Expansion> {
    generated(&config.generated, config.generated_only, false, real, learned)
}

/// Of `learned` lists `real` were shown to real visitors.
pub fn of_lists(config: &RankerTrainConfig, real: usize, learned: usize) -> Option<Expansion> {
    let arm = if config.generated_only { SIMULATED_ONLY } else { SIMULATED };
    let expansion = Expansion { arm: arm.into(), real, synthetic: learned - real };
    (!config.generated.is_empty()).then_some(expansion)
}

fn generated(generator: &str, only: bool, changed: bool, real: usize, learned: usize) -> Option<Expansion> {
    let real = if only && !generator.is_empty() { 0 } else { real };
    let arm = match (generator.is_empty(), only, changed) {
        (true, _, false) => return None,
        (true, _, true) => CLASSIC,
        (false, true, _) => GENERATED_ONLY,
        (false, false, true) => ALL,
        (false, false, false) => GENERATED,
    };
    Some(Expansion { arm: arm.into(), real, synthetic: learned - real })
}

/// Of what visitors did. Where all of them are simulated after nobody, as in a demonstration, there is nothing real that was expanded.
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
    fn the_card_names_the_arm_that_measures_what_was_done() {
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
