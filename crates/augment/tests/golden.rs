//! Every operator's pixels, as they were: natively and in every build of the engine.
//!
//! `fixtures/augment/golden.json` has policies with the hash of what they make of `photo-24x24.rgb`; `UPDATE_GOLDEN=1`
//! rewrites both.

mod common;

use std::{env, fs, path::Path};

use serde::{Deserialize, Serialize};
use windowshop_augment::{AugmentPolicy, Batch, Channels, Image, Key};

/// One policy, one key, one result.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Golden {
    policy: serde_json::Value,
    seed: u64,
    sample: u64,
    epoch: u32,
    width: u32,
    height: u32,
    /// FNV-1a of the pixels, 64 bits in hexadecimal.
    hash: String,
}

/// Draws of each operator.
const SAMPLES: u64 = 3;

fn hash(pixels: &[u8]) -> String {
    let start: u64 = 0xcbf2_9ce4_8422_2325;
    let hash = pixels.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

fn policies() -> Vec<serde_json::Value> {
    let mut texts: Vec<String> = common::every_operator()
        .map(|name| match name {
            "resize" => r#"{"transforms": [{"operator": "resize", "width": 17, "height": 31}]}"#.to_owned(),
            _ => format!(r#"{{"transforms": [{{"operator": "{name}"}}]}}"#),
        })
        .collect();
    texts.push(common::everything());
    texts.extend(["\"edge\"", "[200, 100, 50]"].map(|border| {
        format!(
            r#"{{"border": {border}, "interpolation": "bicubic", "transforms": [
                {{"operator": "elastic"}}, {{"operator": "rotate"}}, {{"operator": "scale", "max_factor": 4}}
            ]}}"#
        )
    }));
    texts.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
}

#[test]
fn every_operator_gives_the_pixels_that_it_always_gave() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/augment");
    let photo = common::photo(24, 24, Channels::Rgb);
    let mut found = Vec::new();
    for policy in policies() {
        let compiled = AugmentPolicy::from_json(&policy.to_string()).unwrap();
        for sample in 0..SAMPLES {
            let (seed, epoch) = (2026, 1);
            let changed = compiled.apply(&photo, Key { seed, sample, epoch });
            let (size, hash) = (changed.size(), hash(changed.pixels()));
            let policy = policy.clone();
            found.push(Golden { policy, seed, sample, epoch, width: size.width, height: size.height, hash });
        }
    }
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("photo-24x24.rgb"), photo.pixels()).unwrap();
        let lines: Vec<String> = found.iter().map(|golden| serde_json::to_string(golden).unwrap()).collect();
        fs::write(folder.join("golden.json"), format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
    }
    assert_eq!(fs::read(folder.join("photo-24x24.rgb")).unwrap(), photo.pixels());
    let kept: Vec<Golden> = serde_json::from_slice(&fs::read(folder.join("golden.json")).unwrap()).unwrap();
    assert_eq!(kept.len(), found.len());
    for (kept, found) in kept.iter().zip(&found) {
        assert_eq!(kept, found);
    }
}

#[test]
fn batches_are_mixed_as_they_always_were() {
    let images: Vec<Image> = (0..4).map(|_| common::photo(24, 24, Channels::Rgb)).collect();
    let invert = common::policy(r#"{"operator": "invert", "probability": 0.5}, {"operator": "hue"}"#);
    let images: Vec<Image> =
        images.iter().zip(0..).map(|(image, sample)| invert.apply(image, Key { seed: 1, sample, epoch: 0 })).collect();
    let policy = r#"{"transforms": [], "batch": [{"operator": "mix_up"}, {"operator": "cut_mix"}]}"#;
    let mut batch = Batch::new(images, 1, vec![1.0; 4]).unwrap();
    AugmentPolicy::from_json(policy).unwrap().mix(&mut batch, Key { seed: 1, sample: 2, epoch: 3 });
    let all: Vec<u8> = batch.images().iter().flat_map(|image| image.pixels()).copied().collect();
    assert_eq!(hash(&all), "d4aad5ae5ecc09e2");
}
