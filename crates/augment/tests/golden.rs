//! Every operator's pixels, as they were: natively and in every build of the engine.
//!
//! `fixtures/augment/golden.json` has policies with the hash of what they make of `photo-24x24.rgb`, `golden-160x120.json` of what
//! they make of a larger one; `UPDATE_GOLDEN=1` rewrites them.

mod common;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

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

/// What registers of vector instructions are filled by, beyond and inside of edges.
fn larger_policies() -> Vec<serde_json::Value> {
    let transforms = [
        r#"{"operator": "horizontal_flip"}"#,
        r#"{"operator": "rotate", "max_degrees": 15}"#,
        r#"{"operator": "translate", "max_x": 0.2}"#,
        r#"{"operator": "scale", "max_factor": 8}"#,
        r#"{"operator": "perspective"}"#,
        r#"{"operator": "elastic"}, {"operator": "shear"}"#,
        r#"{"operator": "random_resized_crop", "width": 90, "height": 70}"#,
        r#"{"operator": "resize", "width": 57, "height": 200}"#,
        r#"{"operator": "resize", "width": 161, "height": 119}"#,
        r#"{"operator": "gamma"}, {"operator": "hue"}, {"operator": "gaussian_blur"}"#,
    ];
    let borders = [r#""border": "reflect""#, r#""border": [9, 99, 199], "interpolation": "bicubic""#];
    let texts = borders.iter().flat_map(|border| {
        transforms.iter().map(move |transforms| format!(r#"{{{border}, "transforms": [{transforms}]}}"#))
    });
    texts.map(|text| serde_json::from_str(&text).expect("JSON")).collect()
}

fn changed(photo: &Image, policies: Vec<serde_json::Value>) -> Vec<Golden> {
    let mut found = Vec::new();
    for policy in policies {
        let compiled = AugmentPolicy::from_json(&policy.to_string()).unwrap();
        for sample in 0..SAMPLES {
            let (seed, epoch) = (2026, 1);
            let changed = compiled.apply(photo, Key { seed, sample, epoch });
            let (size, hash) = (changed.size(), hash(changed.pixels()));
            let policy = policy.clone();
            found.push(Golden { policy, seed, sample, epoch, width: size.width, height: size.height, hash });
        }
    }
    found
}

fn check(name: &str, found: &[Golden]) {
    let file = folder().join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        let lines: Vec<String> = found.iter().map(|golden| serde_json::to_string(golden).unwrap()).collect();
        fs::write(&file, format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
    }
    let kept: Vec<Golden> = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(kept.len(), found.len());
    for (kept, found) in kept.iter().zip(found) {
        assert_eq!(kept, found);
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/augment")
}

#[test]
fn every_operator_gives_the_pixels_that_it_always_gave() {
    let photo = common::photo(24, 24, Channels::Rgb);
    let file = folder().join("photo-24x24.rgb");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(&file, photo.pixels()).unwrap();
    }
    assert_eq!(fs::read(file).unwrap(), photo.pixels());
    check("golden.json", &changed(&photo, policies()));
}

#[test]
fn geometry_gives_the_pixels_of_a_larger_image_that_it_always_gave() {
    check("golden-160x120.json", &changed(&common::photo(160, 120, Channels::Rgb), larger_policies()));
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
