//! Mixing the images of a batch.

mod common;

use common::photo;
use windowshop_augment::{AugmentPolicy, Batch, Channels, Image, Key};

fn batch(count: usize) -> Batch {
    // Image i is all of level 10 i and of class i.
    let images = (0..count).map(|i| Image::new(20, 10, Channels::Rgb, vec![10 * i as u8; 600]).unwrap()).collect();
    let weights = (0..count * count).map(|at| f32::from(u8::from(at % (count + 1) == 0))).collect();
    Batch::new(images, count, weights).unwrap()
}

fn policy(mixer: &str) -> AugmentPolicy {
    AugmentPolicy::from_json(&format!(r#"{{"transforms": [], "batch": [{mixer}]}}"#)).unwrap()
}

#[test]
fn labels_have_the_share_that_the_pixels_have() {
    for mixer in [r#"{"operator": "mix_up", "alpha": 1}"#, r#"{"operator": "cut_mix"}"#] {
        for sample in 0..30 {
            let mut mixed = batch(8);
            let records = policy(mixer).mix(&mut mixed, Key { seed: 2, sample, epoch: 0 });
            let [record] = records.as_slice() else { panic!("{records:?}") };
            for (i, (image, weights)) in mixed.images().iter().zip(mixed.weights().chunks(8)).enumerate() {
                let partner = record.partners[i] as usize;
                assert_ne!(partner, i);
                assert!((f64::from(weights[partner]) - record.share).abs() < 1e-6);
                assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
                let mean = image.pixels().iter().map(|level| f64::from(*level)).sum::<f64>() / 600.0;
                let expected = 10.0 * (i as f64 + (partner as f64 - i as f64) * record.share);
                assert!((mean - expected).abs() <= 0.5, "{mixer}: {mean} {expected}");
            }
        }
    }
}

#[test]
fn strength_and_probability_zero_mix_nothing() {
    for part in [r#""strength": 0"#, r#""probability": 0"#] {
        for name in ["mix_up", "cut_mix"] {
            let mut mixed = batch(5);
            let records = policy(&format!(r#"{{"operator": "{name}", {part}}}"#)).mix(&mut mixed, Key::default());
            assert!(records.is_empty() && mixed == batch(5));
        }
    }
    let mut alone = batch(1);
    assert!(policy(r#"{"operator": "mix_up"}"#).mix(&mut alone, Key::default()).is_empty());
}

#[test]
fn cut_mix_takes_a_rectangle_and_leaves_the_rest() {
    let mut mixed = batch(2);
    let record = policy(r#"{"operator": "cut_mix"}"#).mix(&mut mixed, Key { seed: 5, sample: 1, epoch: 0 }).remove(0);
    let [left, top, width, height] = record.window.unwrap();
    let taken = |x: u32, y: u32| (left..left + width).contains(&x) && (top..top + height).contains(&y);
    for (at, pixel) in mixed.images()[0].pixels().chunks(3).enumerate() {
        let level = if taken(at as u32 % 20, at as u32 / 20) { 10 } else { 0 };
        assert_eq!(pixel, [level; 3]);
    }
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let mistake = |images, classes, weights| Batch::new(images, classes, weights).unwrap_err().to_string();
    let (one, other) = (photo(9, 9, Channels::Rgb), photo(9, 8, Channels::Rgb));
    let error = mistake(vec![one.clone(), other], 2, vec![0.0; 4]);
    assert_eq!(error, "batch: image 1: found 9 x 8 with 3 channels; expected 9 x 9 with 3 channels");
    assert_eq!(mistake(vec![one], 2, vec![0.0; 3]), "batch: weights: found 3; expected 1 images x 2 classes");
}
