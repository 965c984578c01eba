//! Augmentation of the training photos by a policy. A key decides every draw.

use anyhow::bail;
use serde_json::json;
use windowshop_augment::{AugmentPolicy, Channels, Image, Key, Size};
use windowshop_features::photo;
use windowshop_schema::{ImageTrainConfig, manifest::PhotoSpec};

use crate::augmentation;

/// Largest erased share of a photo's area, and largest aspect ratio of the erased rectangle.
const ERASED: (f64, f64) = (0.2, 2.0);

/// The augmentation of a training.
#[derive(Clone, Debug)]
pub struct Augmentation(AugmentPolicy);

/// The policy that the settings name; `None` if `shift`, `flip`, `zoom` and `erase` describe the augmentation.
pub fn named(config: &ImageTrainConfig) -> anyhow::Result<Option<AugmentPolicy>> {
    match config.augment.as_str() {
        "" => Ok(None),
        "none" => Ok(Some(policy(&[]))),
        name => {
            let policy = augmentation::policy::photos(name)?;
            check(&policy, name, config.model.size)?;
            Ok(Some(policy))
        }
    }
}

/// Refuses a policy with another output size, or one that mixes categories.
pub fn check(policy: &AugmentPolicy, name: &str, side: usize) -> anyhow::Result<()> {
    let size = square(side);
    let found = policy.output_size(size);
    if found != Some(size) {
        let found = found.map_or("random sizes".to_owned(), |size| format!("{} x {}", size.width, size.height));
        bail!(
            "{name}: makes photos of {found}; expected {side} x {side}, the input of the network: end with a resize to that"
        );
    }
    if policy.mixes() {
        bail!("{name}: batch: found mix_up or cut_mix; expected none, because labels are not mixed here; remove batch");
    }
    Ok(())
}

fn policy(transforms: &[serde_json::Value]) -> AugmentPolicy {
    let policy = json!({ "border": "edge", "transforms": transforms });
    AugmentPolicy::from_json(&policy.to_string()).expect("settings were checked")
}

/// The policy for `shift`, `zoom`, `flip` and `erase`.
fn shorthand(config: &ImageTrainConfig, spec: &PhotoSpec) -> AugmentPolicy {
    let size = spec.size as f64;
    // Whole pixels, uniform: a shift by a fraction of a pixel would blur small images.
    let most = (config.shift * size).round();
    let share = if most > 0.0 { ((most + 0.499) / size).min(1.0) } else { 0.0 };
    let min_area = (1.0 - config.zoom).powi(2).max(1e-4);
    // Erased pixels are the mean, which normalises to 0.
    let mean = spec.mean.iter().sum::<f32>() / spec.mean.len() as f32;
    let fill = (mean * 255.0).round().clamp(0.0, 255.0) as u8;
    let (area, ratio) = ERASED;
    policy(&[
        json!({ "operator": "translate", "max_x": share, "max_y": share, "step": 1 }),
        json!({ "operator": "random_resized_crop", "min_area": min_area, "max_ratio": 1.0,
            "strength": if config.zoom > 0.0 { 1.0 } else { 0.0 } }),
        json!({ "operator": "horizontal_flip", "probability": config.flip }),
        json!({ "operator": "cutout", "probability": config.erase, "max_area": area, "max_ratio": ratio, "fill": fill }),
    ])
}

/// The policies of the views for a pretrained backbone: the identity, then `named`; by default flips (every other view), from
/// the third view on with a random crop.
pub fn views(named: Option<&AugmentPolicy>, count: usize) -> Vec<AugmentPolicy> {
    /// Smallest share of a photo's area in a crop.
    const MIN_AREA: f64 = 0.5625;
    let view = |number: usize| match (number, named) {
        (0, _) => policy(&[]),
        (_, Some(named)) => named.clone(),
        (_, None) => policy(&[
            json!({ "operator": "random_resized_crop", "min_area": MIN_AREA, "max_ratio": 1.0,
                "strength": if number < 2 { 0.0 } else { 1.0 } }),
            json!({ "operator": "horizontal_flip", "probability": if number % 2 == 1 { 1.0 } else { 0.0 } }),
        ]),
    };
    (0..count).map(view).collect()
}

/// The augmented photo, `[channels, size, size]` like the input.
pub fn changed(policy: &AugmentPolicy, pixels: &[u8], spec: &PhotoSpec, key: Key) -> Vec<u8> {
    let Size { width, height } = square(spec.size);
    let channels = if spec.channels == 1 { Channels::Gray } else { Channels::Rgb };
    let photo = Image::from_planes(width, height, channels, pixels).expect("photos have the network's size");
    policy.apply(&photo, key).planes()
}

fn square(side: usize) -> Size {
    Size { width: side as u32, height: side as u32 }
}

impl Augmentation {
    /// The policy of [`named`], or the one that the settings describe.
    pub fn new(named: Option<AugmentPolicy>, config: &ImageTrainConfig, spec: &PhotoSpec) -> Self {
        Self(named.unwrap_or_else(|| shorthand(config, spec)))
    }

    /// Appends the augmented and normalised photo; `key` decides every draw.
    pub fn apply(&self, pixels: &[u8], spec: &PhotoSpec, key: Key, out: &mut Vec<f32>) {
        out.extend(photo::normalise(&changed(&self.0, pixels, spec, key), spec));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> PhotoSpec {
        PhotoSpec { size: 8, channels: 1, mean: vec![0.5], std: vec![1.0] }
    }

    fn settings(shift: f64, flip: f64, erase: f64, zoom: f64) -> ImageTrainConfig {
        ImageTrainConfig { shift, flip, erase, zoom, ..Default::default() }
    }

    fn augmented(config: &ImageTrainConfig, sample: u64) -> Vec<u8> {
        let pixels: Vec<u8> = (0..64).collect();
        changed(&shorthand(config, &spec()), &pixels, &spec(), Key { seed: 1, sample, epoch: 0 })
    }

    #[test]
    fn zero_strength_is_the_identity_and_a_key_decides_everything() {
        let pixels: Vec<u8> = (0..64).collect();
        assert_eq!(augmented(&settings(0.0, 0.0, 0.0, 0.0), 7), pixels);
        let strong = settings(0.25, 0.5, 0.5, 0.5);
        assert_eq!(augmented(&strong, 7), augmented(&strong, 7));
        assert!((0..20).any(|sample| augmented(&strong, sample) != augmented(&strong, 7)));
        let mut read = Vec::new();
        let key = Key { seed: 1, sample: 7, epoch: 0 };
        Augmentation::new(None, &strong, &spec()).apply(&pixels, &spec(), key, &mut read);
        assert_eq!(read, photo::normalise(&augmented(&strong, 7), &spec()).collect::<Vec<_>>());
    }

    #[test]
    fn shifts_are_uniform_over_whole_pixels() {
        let shift = settings(0.25, 0.0, 0.0, 0.0);
        let mut counts = [0; 5];
        for sample in 0..1_000 {
            let found = augmented(&shift, sample);
            // A row has eight values more than the one above it: the middle gives the shift.
            let moved = |at: usize| i32::from(found[at]) - at as i32;
            assert_eq!(moved(36), moved(27), "whole pixels: {found:?}");
            counts[((moved(36) + 2).rem_euclid(8)) as usize] += 1;
            assert!(found.chunks(8).all(|row| row.is_sorted()), "what was beyond the edge is like the edge: {found:?}");
        }
        assert!(counts.iter().all(|count| (150..250).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_crop_shows_a_part_of_the_photo() {
        // Brighter to the right and below everywhere: so is each crop, and its steps are smaller.
        let crops: Vec<Vec<u8>> = (0..20).map(|sample| augmented(&settings(0.0, 0.0, 0.0, 0.5), sample)).collect();
        assert!(crops.iter().all(|crop| crop.chunks(8).all(|row| row.is_sorted()) && crop[63] - crop[0] <= 63));
        assert!(
            crops.iter().filter(|crop| crop[63] - crop[0] < 63).count() > 10,
            "whole pixels: some crops are the photo"
        );
    }

    #[test]
    fn a_flip_reverses_rows_and_erased_pixels_are_the_mean() {
        assert_eq!(augmented(&settings(0.0, 1.0, 0.0, 0.0), 1)[..2], [7, 6]);
        assert!((0..10).any(|sample| augmented(&settings(0.0, 0.0, 1.0, 0.0), sample).contains(&128)));
    }

    #[test]
    fn a_policy_of_another_size_is_refused() {
        let policy = AugmentPolicy::from_json(r#"{"transforms": [{"operator": "resize", "width": 9, "height": 8}]}"#);
        let error = check(&policy.unwrap(), "small.json", 8).unwrap_err().to_string();
        assert!(error.contains("small.json: makes photos of 9 x 8; expected 8 x 8"), "{error}");
    }

    #[test]
    fn views_are_the_photo_its_flip_and_crops() {
        let pixels: Vec<u8> = (0..64).collect();
        let policies = views(None, 3);
        let view = |number: usize, sample: u64| {
            let key = Key { seed: 0, sample, epoch: number as u32 };
            changed(&policies[number], &pixels, &spec(), key)
        };
        assert_eq!(view(0, 0), pixels);
        assert_eq!(view(1, 0)[..2], [7, 6]);
        let crops: Vec<Vec<u8>> = (0..20).map(|sample| view(2, sample)).collect();
        assert!(crops.iter().all(|crop| crop.chunks(8).all(|row| row.is_sorted())));
        assert!(crops.iter().any(|crop| *crop != pixels));
    }
}
