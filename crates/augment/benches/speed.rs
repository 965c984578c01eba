//! Images a second of common operators on one core, as JSON: `cargo bench -p windowshop-augment [-- rotate]`.

use std::time::Instant;

use windowshop_augment::{AugmentPolicy, Channels, ImageRef, Key, Workspace};

/// Columns and rows of the image.
const SIDE: u32 = 256;
/// Measurements of which the median counts, and seconds of each.
const BATCHES: usize = 15;
const SECONDS: f64 = 0.03;

/// What `tests/quality/augment_speed.py` measures under the same names.
const POLICIES: [(&str, &str); 11] = [
    ("horizontal_flip", r#"{"operator": "horizontal_flip"}"#),
    ("rotate_15", r#"{"operator": "rotate", "max_degrees": 15}"#),
    ("random_resized_crop_224", r#"{"operator": "random_resized_crop", "width": 224, "height": 224}"#),
    (
        "brightness_contrast",
        r#"{"operator": "brightness", "max_change": 0.2}, {"operator": "contrast", "max_change": 0.2}"#,
    ),
    ("hue_saturation", r#"{"operator": "hue", "max_degrees": 40}, {"operator": "saturation", "max_change": 0.3}"#),
    ("gamma", r#"{"operator": "gamma", "max_exponent": 1.25}"#),
    ("gaussian_blur", r#"{"operator": "gaussian_blur", "max_sigma": 3}"#),
    ("equalize", r#"{"operator": "equalize"}"#),
    ("cutout", r#"{"operator": "cutout"}"#),
    ("noise", r#"{"operator": "noise", "max_sigma": 50}"#),
    (
        "training_policy",
        r#"{"operator": "random_resized_crop", "width": 224, "height": 224},
           {"operator": "horizontal_flip", "probability": 0.5}, {"operator": "rotate", "max_degrees": 15},
           {"operator": "color_jitter"}, {"operator": "gaussian_blur", "probability": 0.5}, {"operator": "cutout"}"#,
    ),
];

fn main() {
    // Smooth with edges, as photos are.
    let pixel = |x: u32, y: u32| [x, y, (x * y) >> 8 ^ (x / 32 % 2 * 60)].map(|level| level as u8);
    let pixels: Vec<u8> = (0..SIDE * SIDE).flat_map(|at| pixel(at % SIDE, at / SIDE)).collect();
    let image = ImageRef::new(SIDE, SIDE, Channels::Rgb, &pixels).expect("an image");
    let mut rows = Vec::new();
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    for (name, transforms) in POLICIES {
        if !asked.is_empty() && !asked.iter().any(|part| name.contains(part)) {
            continue;
        }
        let policy = AugmentPolicy::from_json(&format!("{{\"transforms\": [{transforms}]}}")).expect("a policy");
        let size = policy.output_size(image.size()).expect("a size that no draw decides");
        let mut out = vec![0; size.pixels() * 3];
        let mut workspace = Workspace::default();
        let mut sample = 0;
        let mut batch = || {
            let (start, mut count) = (Instant::now(), 0);
            while start.elapsed().as_secs_f64() < SECONDS {
                for _ in 0..8 {
                    let key = Key { seed: 1, sample, epoch: 0 };
                    policy.apply_into(image, key, &mut workspace, &mut out).expect("an image");
                    (sample, count) = (sample + 1, count + 1);
                }
            }
            f64::from(count) / start.elapsed().as_secs_f64()
        };
        batch();
        let mut rates: Vec<f64> = (0..BATCHES).map(|_| batch()).collect();
        rates.sort_by(f64::total_cmp);
        rows.push(format!("{{\"name\": \"{name}\", \"images_per_second\": {:.0}}}", rates[BATCHES / 2]));
    }
    println!("[{}]", rows.join(",\n "));
}
