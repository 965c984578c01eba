//! What changes nothing, and what never changes: strength zero, threads, records, opacity.

mod common;

use common::{every_operator, photo, policy};
use rayon::prelude::*;
use windowshop_augment::{AugmentPolicy, Channels, Image, ImageRef, Key, OPERATORS, Record, Workspace};

const KINDS: [Channels; 3] = [Channels::Gray, Channels::Rgb, Channels::Rgba];

fn keys(count: u64) -> impl Iterator<Item = Key> {
    (0..count).map(|sample| Key { seed: 3, sample, epoch: 1 })
}

#[test]
fn strength_zero_is_the_identity_bit_for_bit() {
    for kind in KINDS {
        let photo = photo(24, 17, kind);
        for name in every_operator() {
            let still = policy(&format!(r#"{{"operator": "{name}", "strength": 0}}"#));
            assert!(keys(20).all(|key| still.apply(&photo, key) == photo), "{name}");
        }
    }
}

#[test]
fn a_magnitude_near_zero_is_the_identity_too() {
    // These do something at any strength above 0: they have no magnitude, or end at another size.
    let switches = ["horizontal_flip", "vertical_flip", "resize", "pad_to_square", "channel_shuffle", "invert", "jpeg"];
    let photo = photo(24, 17, Channels::Rgb);
    for name in OPERATORS.iter().map(|operator| operator.name).filter(|name| !switches.contains(name)) {
        let faint = policy(&format!(r#"{{"operator": "{name}", "strength": 1e-7}}"#));
        assert!(keys(5).all(|key| faint.apply(&photo, key) == photo), "{name}");
    }
}

#[test]
fn probability_zero_never_and_probability_one_always() {
    let photo = photo(24, 17, Channels::Rgb);
    let flip = |probability: f64| policy(&format!(r#"{{"operator": "invert", "probability": {probability}}}"#));
    assert!(keys(200).all(|key| flip(0.0).apply(&photo, key) == photo));
    assert!(keys(200).all(|key| flip(1.0).apply(&photo, key) != photo));
    let half = keys(1000).filter(|key| flip(0.5).apply(&photo, *key) != photo).count();
    assert!((440..560).contains(&half), "{half}");
}

#[test]
fn one_thread_and_eight_give_the_same_pixels() {
    let policy = AugmentPolicy::from_json(&common::everything()).unwrap();
    let photos: Vec<Image> = (0..64).map(|i| photo(16 + i % 9, 12 + i % 7, Channels::Rgb)).collect();
    let with = |threads: usize| -> Vec<Image> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let changed =
            |(sample, photo): (usize, &Image)| policy.apply(photo, Key { seed: 1, sample: sample as u64, epoch: 2 });
        pool.install(|| photos.par_iter().enumerate().map(changed).collect())
    };
    assert_eq!(with(1), with(8));
}

#[test]
fn a_record_replays_to_the_same_pixels_after_json() {
    let policy = AugmentPolicy::from_json(&common::everything()).unwrap();
    for kind in KINDS {
        let photo = photo(31, 24, kind);
        for key in keys(60) {
            let (changed, record) = policy.apply_recorded(&photo, key);
            let read: Record = serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap();
            assert_eq!(read, record);
            assert_eq!(read.replay(&photo).unwrap(), changed);
        }
    }
}

#[test]
fn a_record_of_another_size_or_with_edited_values_is_refused() {
    let photo = photo(24, 17, Channels::Rgb);
    let record = |actions: &str| -> Record {
        let sampling = r#"{"border": "reflect", "interpolation": "bilinear"}"#;
        let text =
            format!(r#"{{"size": {{"width": 24, "height": 17}}, "sampling": {sampling}, "actions": [{actions}]}}"#);
        serde_json::from_str(&text).unwrap()
    };
    let mistake = |actions: &str| record(actions).replay(&photo).unwrap_err().to_string();
    assert!(
        mistake(r#"{"action": "crop", "left": 20, "top": 0, "width": 5, "height": 5}"#).contains("a window of 24 x 17")
    );
    assert!(mistake(r#"{"action": "resize", "width": 0, "height": 5}"#).contains("sides of 1 to 16384"));
    assert!(mistake(r#"{"action": "scale", "factor": 0.0}"#).starts_with("record: scale: found 0"));
    assert!(mistake(r#"{"action": "channel_shuffle", "order": [0, 1, 7]}"#).contains("channels 0 to 2"));
    let other = common::photo(25, 17, Channels::Rgb);
    assert!(record("").replay(&other).unwrap_err().to_string().contains("expected 24 x 17"));
}

#[test]
fn a_buffer_of_the_callers_gets_the_same_pixels() {
    let policy = AugmentPolicy::from_json(&common::everything()).unwrap();
    let mut workspace = Workspace::default();
    for key in keys(40) {
        let photo = photo(20 + key.sample as u32 % 5, 19, Channels::Rgba);
        let changed = policy.apply(&photo, key);
        let mut out = vec![7; changed.pixels().len()];
        let size = policy.apply_into(photo.as_ref(), key, &mut workspace, &mut out).unwrap();
        assert_eq!((size, out.as_slice()), (changed.size(), changed.pixels()));
        let error = policy.apply_into(photo.as_ref(), key, &mut workspace, &mut out[1..]).unwrap_err().to_string();
        assert!(error.ends_with(&format!("expected {}", changed.pixels().len())), "{error}");
    }
}

#[test]
fn opacity_moves_with_the_geometry_and_no_colour_touches_it() {
    let photo = photo(24, 17, Channels::Rgba);
    let opacity = |image: &Image| image.pixels().iter().skip(3).step_by(4).copied().collect::<Vec<_>>();
    let geometric = [
        "rotate",
        "scale",
        "crop",
        "random_resized_crop",
        "horizontal_flip",
        "vertical_flip",
        "translate",
        "shear",
        "perspective",
        "elastic",
        "resize",
        "pad",
        "pad_to_square",
    ];
    for name in OPERATORS.iter().map(|operator| operator.name) {
        let policy = policy(&format!(r#"{{"operator": "{name}"}}"#));
        let moved = keys(8).any(|key| opacity(&policy.apply(&photo, key)) != opacity(&photo));
        assert_eq!(moved, geometric.contains(&name), "{name}");
    }
    // The same numbers in an image of one channel move the same way.
    let mask = Image::new(24, 17, Channels::Gray, opacity(&photo)).unwrap();
    let rotate = policy(r#"{"operator": "rotate"}"#);
    assert!(keys(8).all(|key| opacity(&rotate.apply(&photo, key)) == rotate.apply(&mask, key).into_pixels()));
}

#[test]
fn geometric_operators_in_a_row_blur_no_more_than_one() {
    // Turning forth and back in one policy is one map: the identity, up to the rounding of its places.
    let photo = photo(24, 17, Channels::Rgb);
    let record: Record = serde_json::from_str(
        r#"{"size": {"width": 24, "height": 17}, "sampling": {"border": "edge", "interpolation": "bilinear"}, "actions": [
            {"action": "rotate", "degrees": 33.0}, {"action": "horizontal_flip"}, {"action": "scale", "factor": 1.7},
            {"action": "scale", "factor": 0.588235294117647}, {"action": "horizontal_flip"}, {"action": "rotate", "degrees": -33.0}
        ]}"#,
    )
    .unwrap();
    assert_eq!(record.replay(&photo).unwrap(), photo);
}

#[test]
fn views_are_the_policy_at_following_epochs() {
    let policy = policy(r#"{"operator": "rotate"}"#);
    let photo = photo(24, 17, Channels::Rgb);
    let key = Key { seed: 9, sample: 4, epoch: 10 };
    let views = policy.views(&photo, key, 3);
    assert_eq!(views.len(), 3);
    assert!(views[0] != views[1] && views[1] != views[2]);
    assert_eq!(views[2], policy.apply(&photo, Key { epoch: 12, ..key }));
}

#[test]
fn a_borrowed_image_of_the_wrong_size_is_refused() {
    assert!(ImageRef::new(3, 3, Channels::Rgb, &[0; 26]).is_err());
}
