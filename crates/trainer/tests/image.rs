//! `train image`: a folder of photos to an image network.

mod common;

use std::{fs, path::Path};

use common::{refused, succeed, weights};
use image::{Rgb, RgbImage};

const STORE: &str = r#"
name = "invented"
[photos]
folder = "photos"
test_folder = "held-back"
[train.image]
epochs = 6
batch = 16
ema_decay = 0.8
validation_share = 0.2
[train.image.model]
size = 16
width = 8
embedding_dim = 8
"#;

/// Dark discs and bright stripes on grounds of several colors, and files that are no photos.
fn write_photos(dir: &Path) {
    for (folder, count) in [("photos", 60), ("held-back", 20)] {
        for category in ["disc", "stripes"] {
            let place = dir.join(folder).join(category);
            fs::create_dir_all(&place).unwrap();
            for i in 0..count {
                let shade = (i * 37 + folder.len() * 11) as u8 / 2;
                let photo = RgbImage::from_fn(24, 30, |x, y| {
                    let away = (x as i32 - 12).pow(2) + (y as i32 - 15).pow(2);
                    match (category, away < 60, x / 3 % 2 == 0) {
                        ("disc", true, _) => Rgb([10, 10, 10]),
                        ("stripes", _, true) => Rgb([250, 250, 250]),
                        _ => Rgb([90 + shade / 2, shade, 130 - shade / 2]),
                    }
                });
                photo.save(place.join(format!("{i:02}.webp"))).unwrap();
            }
        }
    }
    let place = dir.join("photos/disc");
    RgbImage::new(1, 1).save(place.join("dot.webp")).unwrap();
    RgbImage::new(12_000, 8).save(place.join("line.webp")).unwrap();
    let whole = fs::read(place.join("00.webp")).unwrap();
    fs::write(place.join("cut.webp"), &whole[..whole.len() / 2]).unwrap();
    fs::write(place.join("readme.txt"), "no photo").unwrap();
    fs::write(dir.join("store.toml"), STORE).unwrap();
}

#[test]
fn training_photos_are_augmented_by_a_policy_and_views_are_averaged() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_photos(dir);
    succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    fs::write(dir.join("blur.json"), r#"{"transforms": [{"operator": "gaussian_blur", "max_sigma": 1}]}"#).unwrap();
    fs::write(dir.join("small.json"), r#"{"transforms": [{"operator": "resize", "width": 8, "height": 8}]}"#).unwrap();
    fs::write(dir.join("mixed.json"), r#"{"transforms": [], "batch": [{"operator": "mix_up"}]}"#).unwrap();
    let train = |out: &'static str, sets: &[&'static str]| {
        let args = ["train", "image", "--data", "data", "--device", "cpu", "--epochs", "3", "--out", out];
        let sets = sets.iter().flat_map(|set| ["--set", *set]);
        args.into_iter().chain(sets).collect::<Vec<_>>()
    };
    succeed(dir, &train("run", &["augment=blur.json", "samples_per_class=20"]));
    succeed(dir, &train("none", &["augment=none", "samples_per_class=20"]));
    succeed(dir, &train("again", &["augment=blur.json", "samples_per_class=20"]));
    let of = |run: &str| weights(&dir.join(run), "image");
    assert!(!of("run").is_empty() && of("run") == of("again"), "the seed decides everything");
    assert!(of("run") != of("none"), "the policy is used");
    let log = fs::read_to_string(dir.join("run/log.jsonl")).unwrap();
    assert!(log.lines().next().unwrap().contains("\"train\":40,"), "{log}");
    let plain = evaluation(dir, &["--model", "run", "--data", "data"]);
    let views = evaluation(dir, &["--model", "run", "--data", "data", "--views", "4"]);
    let gain = views["accuracy"].as_f64().unwrap() - plain["accuracy"].as_f64().unwrap();
    assert!((views["accuracy_gain"].as_f64().unwrap() - gain).abs() < 1e-9, "{views}");
    assert!(views["recall@1_gain_ci95"].is_array() && plain.get("accuracy_gain").is_none());
    assert_ne!(plain["log_loss"], views["log_loss"]);
    for (policy, wrong) in [("nowhere", "product"), ("small.json", "8 x 8"), ("mixed.json", "mix_up")] {
        let set: &'static str = Box::leak(format!("augment={policy}").into_boxed_str());
        let error = refused(dir, &train("third", &[set]));
        assert!(error.contains(policy) && error.contains(wrong), "{error}");
        let args = ["evaluate", "image", "--model", "run", "--data", "data", "--views", "2", "--policy", policy];
        assert!(refused(dir, &args).contains(wrong));
    }
}

fn evaluation(dir: &Path, more: &[&str]) -> serde_json::Value {
    let args = ["evaluate", "image", "--store", "store.toml", "--json"];
    serde_json::from_str(&succeed(dir, &args.iter().chain(more).copied().collect::<Vec<_>>())).unwrap()
}

#[test]
fn a_network_learns_categories_and_files_that_are_no_photos_are_counted() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_photos(dir);
    let report = succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    for reason in
        ["a side is shorter than 8", "a side is longer than 8,192", "the image is damaged", "no JPEG, PNG or WebP"]
    {
        assert!(report.contains(&format!("dropped: 1 rows of photos: {reason}")), "{reason}: {report}");
    }
    succeed(dir, &["train", "image", "--data", "data", "--out", "run", "--device", "cpu"]);
    let tested = evaluation(dir, &["--model", "run", "--data", "data"]);
    assert_eq!((&tested["split"], &tested["n"]), (&"test".into(), &40.into()));
    assert!(tested["accuracy"].as_f64().unwrap() > 0.9 && tested["recall@1"].as_f64().unwrap() > 0.9, "{tested}");
    succeed(dir, &["export", "run", "--out", "small"]);
    let raw = evaluation(dir, &["--model", "small", "--data", "held-back"]);
    assert_eq!((&raw["n"], &raw["accuracy"]), (&tested["n"], &tested["accuracy"]), "a folder of categories is as good");
    assert!(raw["model_bytes"].as_u64().unwrap() < tested["model_bytes"].as_u64().unwrap());
    let parent = evaluation(dir, &["--model", "run", "--data", "."]);
    assert_eq!((&parent["n"], &parent["split"]), (&40.into(), &"test".into()), "the store's own test folder is found");

    // A resumed run equals an uninterrupted one.
    let train = ["train", "image", "--data", "data", "--device", "cpu", "--out"];
    let long = [&train[..], &["long", "--epochs", "2"]].concat();
    succeed(dir, &long);
    let lines = |run: &str| fs::read_to_string(dir.join(run).join("log.jsonl")).unwrap();
    let loss = |run: &str| {
        let epochs =
            lines(run).lines().filter(|line| line.contains("\"epoch\":2")).map(str::to_owned).collect::<Vec<_>>();
        serde_json::from_str::<serde_json::Value>(&epochs[0]).unwrap()["loss"].clone()
    };
    succeed(dir, &[&train[..], &["again", "--epochs", "2"]].concat());
    assert_eq!(loss("long"), loss("again"), "batches made on another thread are the same");
}

#[test]
fn bad_input_is_an_error_that_names_the_culprit() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_photos(dir);
    succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    let train = ["train", "image", "--data", "data", "--out", "run", "--device", "cpu"];
    let with = |more: &[&'static str]| train.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    assert!(refused(dir, &with(&["--set", "model.channels=2"])).contains("channels 2"));
    assert!(refused(dir, &with(&["--set", "model.dropout=1.5"])).contains("dropout 1.5"));
    assert!(refused(dir, &with(&["--set", "tune_epochs=2"])).contains("tune_epochs 2"));
    let transfer = ["--set", "model.network=efficientnet_lite0", "--set", "model.size=64"];
    assert!(refused(dir, &with(&transfer)).contains("model.backbone"));
    assert!(refused(dir, &["train", "sentiment", "--data", "data", "--out", "run"]).contains("no reviews"));
    fs::remove_dir_all(dir.join("photos/stripes")).unwrap();
    fs::remove_dir_all(dir.join("held-back")).unwrap();
    let error = refused(dir, &["ingest", "store.toml", "--out", "none"]);
    assert!(error.contains("photos.test_folder"), "{error}");
    fs::write(dir.join("store.toml"), "name = \"x\"\n[photos]\nimages = \"a.idx\"\nlabels = \"b.idx\"\n").unwrap();
    fs::write(dir.join("a.idx"), [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28]).unwrap();
    fs::write(dir.join("b.idx"), [0, 0, 8, 1, 0, 0, 0, 1, 7]).unwrap();
    let error = refused(dir, &["ingest", "store.toml", "--out", "none"]);
    assert!(error.contains("a.idx") && error.contains("0 bytes"), "{error}");
}
