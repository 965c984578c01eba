//! Whatever policy is accepted never panics, whatever the image; and sizes are as documented.

mod common;

use common::photo;
use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::{Value, json};
use windowshop_augment::{AugmentPolicy, Channels, Key, OPERATORS, Size};

/// An operator with each parameter left out or anywhere in its range.
fn operator() -> impl Strategy<Value = Value> {
    (0..OPERATORS.len(), 0.0..=1.0, 0.0..=1.0, prop::collection::vec(prop::option::of(0.0..=1.0f64), 4)).prop_map(
        |(at, probability, strength, places)| {
            let operator = &OPERATORS[at];
            let mut map = json!({"operator": operator.name, "probability": probability, "strength": strength});
            for (parameter, place) in operator.parameters.iter().zip(places) {
                let Some(place) = place else { continue };
                // Images of many megapixels say nothing more, and take long.
                let most = if parameter.most > 1000.0 { 80.0 } else { parameter.most };
                let value = parameter.least + (most - parameter.least) * place;
                let value = if parameter.whole { value.round() } else { value.clamp(parameter.least, parameter.most) };
                map[parameter.name] = if parameter.whole { json!(value as u64) } else { json!(value) };
            }
            map
        },
    )
}

fn transform() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        8 => operator(),
        1 => (0.0..=1.0).prop_map(|strength| json!({"operator": "trivial_augment", "strength": strength})),
        1 => (0.0..=1.0, 0u32..4)
            .prop_map(|(strength, count)| json!({"operator": "rand_augment", "strength": strength, "count": count})),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        (prop::sample::select(vec!["compose", "one_of", "some_of"]), 0.0..=1.0, prop::collection::vec(inner, 1..4))
            .prop_map(|(name, probability, transforms)| {
                json!({"operator": name, "probability": probability, "transforms": transforms})
            })
    })
}

fn policy() -> impl Strategy<Value = Value> {
    let border = prop_oneof![Just(json!("reflect")), Just(json!("edge")), any::<[u8; 3]>().prop_map(|c| json!(c))];
    let interpolation = prop::sample::select(vec!["bilinear", "bicubic"]);
    (prop::collection::vec(transform(), 0..5), border, interpolation).prop_map(|(transforms, border, interpolation)| {
        json!({"border": border, "interpolation": interpolation, "transforms": transforms})
    })
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn an_accepted_policy_never_panics_and_its_record_knows_the_size(
        policy in policy(),
        (width, height) in (1u32..=64, 1u32..=48),
        channels in prop::sample::select(vec![Channels::Gray, Channels::Rgb, Channels::Rgba]),
        seed in any::<u64>(),
    ) {
        let policy = AugmentPolicy::from_json(&policy.to_string()).unwrap();
        let photo = photo(width, height, channels);
        let (changed, record) = policy.apply_recorded(&photo, Key { seed, sample: 5, epoch: 7 });
        prop_assert_eq!(changed.size(), record.output_size());
        prop_assert_eq!(changed.channels(), channels);
        prop_assert_eq!(changed.pixels().len(), changed.size().pixels() * channels.count());
        prop_assert_eq!(record.replay(&photo).unwrap(), changed.clone());
        if let Some(size) = policy.output_size(photo.size()) {
            prop_assert_eq!(changed.size(), size);
        }
        prop_assert_eq!(&AugmentPolicy::from_json(&policy.to_json()).unwrap(), &policy);
    }
}

#[test]
fn sizes_are_as_documented() {
    let photo = photo(40, 24, Channels::Rgb);
    let sizes = |transform: &str| -> Vec<Size> {
        let policy = common::policy(transform);
        (0..50).map(|sample| policy.apply(&photo, Key { seed: 1, sample, epoch: 0 }).size()).collect()
    };
    let all = |transform: &str, width: u32, height: u32| {
        assert!(sizes(transform).iter().all(|size| *size == Size { width, height }), "{transform}");
    };
    all(r#"{"operator": "resize", "width": 7, "height": 9}"#, 7, 9);
    all(r#"{"operator": "random_resized_crop", "width": 32, "height": 16}"#, 32, 16);
    all(r#"{"operator": "random_resized_crop"}"#, 40, 24);
    all(r#"{"operator": "pad_to_square"}"#, 40, 40);
    all(r#"{"operator": "rotate"}"#, 40, 24);
    let crops = sizes(r#"{"operator": "crop", "max_fraction": 0.5}"#);
    assert!(crops.iter().all(|size| (20..=40).contains(&size.width) && (12..=24).contains(&size.height)));
    let pads = sizes(r#"{"operator": "pad", "max_fraction": 0.25}"#);
    assert!(pads.iter().all(|size| (40..=60).contains(&size.width) && (24..=36).contains(&size.height)));
    assert!(crops.iter().any(|size| size.width < 30) && pads.iter().any(|size| size.width > 50));
}
