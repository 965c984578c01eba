//! Every shader against the CPU. Without a GPU, not even a software one, each test is skipped.

#[path = "../../augment/tests/common/mod.rs"]
mod common;

use std::collections::BTreeSet;

use common::photo;
use serde_json::{Value, json};
use windowshop_augment::{AugmentPolicy, Channels, Image, Key, OPERATORS, Record, Shader};
use windowshop_augment_gpu::Gpu;
use windowshop_test_support::skip;

/// Sides that no workgroup divides, single rows and columns, and tiles that are full.
const SIZES: [(u32, u32); 8] = [(1, 1), (3, 7), (1, 9), (64, 64), (65, 33), (24, 24), (130, 70), (8, 16)];

const BORDERS: [&str; 3] = [r#""reflect""#, r#""edge""#, "[200, 100, 50]"];

struct Check {
    gpu: Gpu,
    images: usize,
    pixels: usize,
    shaders: BTreeSet<&'static str>,
}

impl Check {
    fn new() -> Option<Self> {
        match Gpu::open() {
            Ok(gpu) => {
                println!("GPU: {}{}", gpu.name(), if gpu.is_software() { ", software" } else { "" });
                Some(Self { gpu, images: 0, pixels: 0, shaders: BTreeSet::new() })
            }
            Err(error) => {
                skip(format_args!("{error}; `node scripts/setup.mjs` installs a software Vulkan driver"));
                None
            }
        }
    }

    fn compare(&mut self, policy: &Value, photo: &Image, key: Key) {
        let record = AugmentPolicy::from_json(&policy.to_string()).unwrap().draw(photo.size(), key);
        self.compare_record(&record, photo);
    }

    fn compare_record(&mut self, record: &Record, photo: &Image) {
        let expected = record.replay(photo).unwrap();
        let passes = record.steps(photo.channels()).into_iter().filter_map(|step| step.passes).flatten();
        self.shaders.extend(passes.map(|pass| pass.shader.name()));
        let found = self.gpu.replay(record, photo).unwrap();
        assert_eq!((self.gpu.fault(), found.size()), (None, expected.size()));
        let pairs = found.pixels().iter().zip(expected.pixels());
        let different = pairs.clone().filter(|(a, b)| a != b).count();
        let most = pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap_or_default();
        assert_eq!(
            (different, most),
            (0, 0),
            "bytes that differ, and by how much: {}",
            serde_json::to_string(record).unwrap()
        );
        self.images += 1;
        self.pixels += found.size().pixels();
    }

    /// These transforms on every size, with each border and both interpolations.
    fn everywhere(&mut self, transforms: &Value, samples: u64) {
        for ((width, height), number) in SIZES.into_iter().zip(0..) {
            let channels = [Channels::Rgb, Channels::Rgba][number % 2];
            let photo = photo(width, height, channels);
            for (border, interpolation) in BORDERS.iter().flat_map(|border| [(border, "bilinear"), (border, "bicubic")])
            {
                let border: Value = serde_json::from_str(border).unwrap();
                let policy = json!({"border": border, "interpolation": interpolation, "transforms": transforms});
                (0..samples).for_each(|sample| self.compare(&policy, &photo, Key { seed: 7, sample, epoch: 3 }));
            }
        }
    }

    /// How much was compared; each of these shaders had a part in it.
    fn finish(self, shaders: &[Shader]) {
        println!("{} images of {} pixels together: not a bit differs ({:?})", self.images, self.pixels, self.shaders);
        for shader in shaders {
            assert!(self.shaders.contains(shader.name()), "{shader:?} was never run");
        }
    }
}

#[test]
fn the_geometric_map_reads_the_same_pixels_on_a_gpu() {
    let Some(mut check) = Check::new() else { return };
    let each = [
        json!([{"operator": "rotate", "max_degrees": 180}]),
        json!([{"operator": "scale", "max_factor": 8}]),
        json!([{"operator": "crop", "max_fraction": 0.5}, {"operator": "shear"}]),
        json!([{"operator": "horizontal_flip"}, {"operator": "vertical_flip", "probability": 0.5}]),
        json!([{"operator": "translate", "max_x": 0.9, "max_y": 0.9}]),
        json!([{"operator": "translate", "step": 1}]),
        json!([{"operator": "perspective"}]),
        json!([{"operator": "perspective"}, {"operator": "rotate"}, {"operator": "perspective"}, {"operator": "scale", "max_factor": 4}]),
        json!([{"operator": "resize", "width": 17, "height": 31}]),
        json!([{"operator": "resize", "width": 5, "height": 90}, {"operator": "horizontal_flip"}]),
        json!([{"operator": "resize", "width": 9, "height": 9}, {"operator": "rotate"}]),
        json!([{"operator": "random_resized_crop", "width": 40, "height": 30}]),
        json!([{"operator": "pad"}, {"operator": "rotate", "max_degrees": 30}]),
        json!([{"operator": "pad_to_square"}]),
    ];
    each.iter().for_each(|transforms| check.everywhere(transforms, 3));
    check.finish(&[Shader::Warp, Shader::Resize]);
}

#[test]
fn places_between_two_parts_and_beyond_a_horizon_are_the_same_on_a_gpu() {
    let Some(mut check) = Check::new() else { return };
    let corners = json!({"action": "perspective", "corners": [[14.0, 0.0], [-1.0, 9.5], [-14.0, -3.0], [3.5, -10.0]]});
    let each = [
        // Half a 64th, which is rounded to the even one, and a little beside it.
        json!([{"action": "translate", "x": 0.0078125, "y": -0.0234375}]),
        json!([{"action": "translate", "x": 0.007812, "y": 0.007813}, {"action": "horizontal_flip"}]),
        json!([{"action": "shear", "x": 0.015625, "y": -0.0078125}]),
        json!([{"action": "scale", "factor": 64.0}, {"action": "translate", "x": 0.5, "y": 16000.0}]),
        json!([{"action": "scale", "factor": 0.015625}, {"action": "translate", "x": 1e-6, "y": -1e-6}]),
        json!([{"action": "rotate", "degrees": 90.0}]),
        json!([{"action": "rotate", "degrees": 45.0}, {"action": "rotate", "degrees": 45.0}, {"action": "rotate", "degrees": -90.0}]),
        json!([corners, {"action": "scale", "factor": 0.015625}]),
        json!([corners, corners, corners, {"action": "scale", "factor": 0.02}, {"action": "rotate", "degrees": 30.0}]),
    ];
    for ((border, interpolation), actions) in [("reflect", "bilinear"), ("edge", "bicubic"), ("reflect", "bicubic")]
        .into_iter()
        .flat_map(|sampling| each.iter().map(move |actions| (sampling, actions)))
    {
        let record = json!({
            "size": {"width": 33, "height": 24}, "actions": actions,
            "sampling": {"border": border, "interpolation": interpolation},
        });
        let record: Record = serde_json::from_value(record).unwrap();
        check.compare_record(&record, &photo(33, 24, Channels::Rgb));
    }
    check.finish(&[Shader::Warp]);
}

#[test]
fn colours_are_the_same_on_a_gpu() {
    let Some(mut check) = Check::new() else { return };
    let names = [
        "brightness",
        "contrast",
        "saturation",
        "hue",
        "gamma",
        "grayscale",
        "posterize",
        "solarize",
        "equalize",
        "autocontrast",
        "channel_shuffle",
        "invert",
        "color_jitter",
    ];
    for name in names {
        check.everywhere(&json!([{"operator": name}]), 2);
    }
    for first in ["contrast", "equalize", "autocontrast"] {
        let next = json!([{"operator": first}, {"operator": "gamma"}, {"operator": "solarize"}, {"operator": first}]);
        check.everywhere(&next, 2);
    }
    check.finish(&[Shader::Table, Shader::Statistics, Shader::Tone, Shader::Saturate, Shader::Hue, Shader::Shuffle]);
}

#[test]
fn every_hue_turns_alike_on_a_gpu() {
    let Some(mut check) = Check::new() else { return };
    // Red and green run through all levels; blue steps from row to row of such squares.
    let mut pixels = Vec::new();
    for at in 0..512 * 512u32 {
        let (x, y) = (at % 512, at / 512);
        pixels
            .extend([x % 256, y % 256, (x / 256 * 2 + y / 256) * 73 + (x * 7 + y * 13) % 31].map(|level| level as u8));
    }
    let photo = Image::new(512, 512, Channels::Rgb, pixels).unwrap();
    let policy = json!({"transforms": [{"operator": "hue", "max_degrees": 180}]});
    (0..6).for_each(|sample| check.compare(&policy, &photo, Key { seed: 1, sample, epoch: 0 }));
    // Each value with each chroma, and turns after which a channel is half a level from the next, or hardly more or less.
    let mut pixels = Vec::new();
    for (value, x) in (0..=255u32).flat_map(|value| (0..3 * 256).map(move |x| (value, x))) {
        let mut pixel = [(value - value.min(x % 256)) as u8; 3];
        pixel[x as usize / 256] = value as u8;
        pixels.extend(pixel);
    }
    let photo = Image::new(3 * 256, 256, Channels::Rgb, pixels).unwrap();
    for degrees in
        [0.0, 1e-6, 30.0, 30.000014, 29.999986, 90.000029, 150.0, -29.999993, 210.000014, 60.0, 359.999999, -1e-6]
    {
        let record = json!({
            "size": {"width": 3 * 256, "height": 256}, "actions": [{"action": "hue", "degrees": degrees}],
            "sampling": {"border": "reflect", "interpolation": "bilinear"},
        });
        check.compare_record(&serde_json::from_value(record).unwrap(), &photo);
    }
    check.finish(&[Shader::Hue]);
}

#[test]
fn blurs_are_the_same_on_a_gpu() {
    let Some(mut check) = Check::new() else { return };
    let each = [
        json!([{"operator": "gaussian_blur", "max_sigma": 3}]),
        json!([{"operator": "gaussian_blur", "max_sigma": 20}]),
        json!([{"operator": "box_blur"}]),
        json!([{"operator": "motion_blur"}]),
        json!([{"operator": "sharpen"}]),
    ];
    each.iter().for_each(|transforms| check.everywhere(transforms, 2));
    check.finish(&[Shader::Separable, Shader::Sharpen]);
}

#[test]
fn noise_and_what_is_painted_over_are_the_same_on_a_gpu() {
    let Some(mut check) = Check::new() else { return };
    for name in ["noise", "salt_and_pepper", "cutout", "grid_dropout"] {
        check.everywhere(&json!([{"operator": name}]), 2);
    }
    check.finish(&[Shader::Erase, Shader::Noise]);
}

#[test]
fn whatever_a_policy_draws_has_the_same_pixels_wherever_its_parts_are_done() {
    let Some(mut check) = Check::new() else { return };
    let names: Vec<&str> = OPERATORS.iter().map(|operator| operator.name).collect();
    let all: Vec<Value> = names.iter().map(|name| json!({"operator": name, "probability": 0.8})).collect();
    let transforms =
        json!([{"operator": "some_of", "count": 7, "transforms": all}, {"operator": "rand_augment", "count": 3}]);
    check.everywhere(&transforms, 8);
    let resize = json!([{"operator": "jpeg"}, {"operator": "resize", "width": 20, "height": 30}, {"operator": "background"}, {"operator": "invert"}]);
    check.everywhere(&resize, 1);
    check.finish(Shader::ALL);
}

#[test]
fn a_larger_photo_has_the_same_pixels_on_a_gpu() {
    let Some(mut check) = Check::new() else { return };
    let photo = photo(640, 480, Channels::Rgb);
    for name in ["product", "photo", "views"] {
        let policy: Value = serde_json::from_str(&AugmentPolicy::preset(name).unwrap().to_json()).unwrap();
        (0..6).for_each(|sample| check.compare(&policy, &photo, Key { seed: 3, sample, epoch: 0 }));
    }
    check.finish(&[]);
}

#[test]
fn grey_images_and_empty_records_are_done_without_a_gpu() {
    let Some(mut check) = Check::new() else { return };
    let policy = json!({"transforms": [{"operator": "rotate"}, {"operator": "gamma"}]});
    check.compare(&policy, &photo(20, 10, Channels::Gray), Key::default());
    check.compare(&json!({"transforms": []}), &photo(20, 10, Channels::Rgb), Key::default());
}
