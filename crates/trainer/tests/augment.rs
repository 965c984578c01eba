//! `trainer augment`: photos to augmented copies.

mod common;

use std::{collections::BTreeMap, fs, path::Path};

use common::{refused, succeed, trainer};
use image::{DynamicImage, Rgb, RgbImage, RgbaImage};

/// Photos of two categories in several sizes and formats, and files that are no photos.
fn write_photos(dir: &Path) {
    for (category, sizes) in
        [("hats", [(40, 30), (64, 64), (9, 200)]), ("bags & more", [(30, 40), (33, 17), (160, 120)])]
    {
        let place = dir.join("photos").join(category);
        fs::create_dir_all(&place).unwrap();
        for (number, (width, height)) in sizes.into_iter().enumerate() {
            let photo = RgbImage::from_fn(width, height, |x, y| Rgb([(x * 5) as u8, (y * 7) as u8, (x * y / 9) as u8]));
            photo.save(place.join(format!("photo {number}.{}", ["jpg", "webp", "jpg"][number]))).unwrap();
        }
    }
    let clear = RgbaImage::from_pixel(20, 20, image::Rgba([9, 9, 9, 0]));
    DynamicImage::from(clear).save(dir.join("photos/hats/photo 0.webp")).unwrap();
    RgbImage::new(1, 1).save(dir.join("photos/hats/dot.webp")).unwrap();
    RgbImage::new(12_000, 8).save(dir.join("photos/hats/line.webp")).unwrap();
    let whole = fs::read(dir.join("photos/hats/photo 0.jpg")).unwrap();
    fs::write(dir.join("photos/hats/cut.jpg"), &whole[..whole.len() / 2]).unwrap();
    fs::write(dir.join("photos/hats/notes.txt"), "no photo").unwrap();
    fs::write(dir.join("photos/.hidden"), "").unwrap();
}

/// Every file below a folder, with its bytes.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name().into_string().unwrap())).unwrap();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            found.insert(name, fs::read(path).unwrap());
        }
    }
    found
}

#[test]
fn copies_do_not_depend_on_threads_and_a_replay_reproduces_them() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_photos(dir);
    let augment = |more: &[&'static str]| {
        let args = ["augment", "--input", "photos"];
        succeed(dir, &args.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let said = augment(&["--policy", "product", "--seed", "3", "--copies", "2", "--out", "one", "--threads", "1"]);
    assert!(said.contains("14 copies of 7 photos"), "{said}");
    for reason in [
        "a side is shorter than 8 pixels",
        "a side is longer than 8,192",
        "the image is damaged",
        "no JPEG, PNG or WebP",
    ] {
        assert!(said.contains(&format!("skipped: 1 files: {reason}")), "{reason}: {said}");
    }
    augment(&["--policy", "product", "--seed", "3", "--copies", "2", "--out", "two", "--threads", "3"]);
    augment(&["--replay", "one/records.jsonl", "--out", "three"]);
    let one = files(&dir.join("one"));
    assert_eq!(one, files(&dir.join("two")));
    assert_eq!(one, files(&dir.join("three")));
    augment(&["--policy", "product", "--seed", "4", "--copies", "2", "--out", "four"]);
    assert_ne!(one, files(&dir.join("four")));
    let names: Vec<&str> = one.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 14 + 2);
    for name in
        ["bags & more/photo 0-1.jpg", "bags & more/photo 1-2.png", "hats/photo 0.webp-1.png", "hats/photo 0.jpg-1.jpg"]
    {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let sheet = RgbImage::from(image::open(dir.join("one/bags & more/photo 2-1.jpg")).unwrap().into_rgb8());
    assert_eq!(sheet.dimensions(), (160, 120), "copies have the photo's size");
}

#[test]
fn copies_can_be_ingested_as_a_store() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_photos(dir);
    let args = ["augment", "--input", "photos", "--policy", "trivial_augment", "--out", "more", "--format", "png"];
    succeed(dir, &[args.as_slice(), &["--copies", "5"]].concat());
    fs::write(dir.join("store.toml"), "name = \"more\"\n[photos]\nfolder = \"more\"\n").unwrap();
    let report = succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    assert!(report.contains("photos") && !report.contains("dropped"), "{report}");
    let records = fs::read_to_string(dir.join("more/records.jsonl")).unwrap();
    assert_eq!(records.lines().count(), 35);
    let first: serde_json::Value = serde_json::from_str(records.lines().next().unwrap()).unwrap();
    assert_eq!((&first["source"], &first["copy"]), (&"bags & more/photo 0.jpg".into(), &0.into()));
    assert!(first["record"]["actions"].is_array() && first["policy_sha256"].as_str().unwrap().len() == 64);
}

#[test]
fn bad_input_is_an_error_that_names_the_culprit_and_nothing_is_written() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_photos(dir);
    fs::create_dir(dir.join("empty")).unwrap();
    fs::create_dir(dir.join("notes")).unwrap();
    fs::write(dir.join("notes/a.txt"), "no photo").unwrap();
    fs::create_dir(dir.join("taken")).unwrap();
    fs::write(dir.join("taken/precious.txt"), "keep me").unwrap();
    for (name, policy) in [
        ("strong", r#"{"transforms": [{"operator": "rotate", "strength": 2}]}"#),
        ("odd", r#"{"transforms": [{"operator": "rotate", "strength": NaN}]}"#),
        ("unknown", r#"{"transforms": [{"operator": "rotator"}]}"#),
        ("mixed", r#"{"transforms": [], "batch": [{"operator": "cut_mix"}]}"#),
    ] {
        fs::write(dir.join(format!("{name}.json")), policy).unwrap();
    }
    let before = files(dir);
    let with = |policy: &str, input: &str, out: &str| {
        refused(dir, &["augment", "--policy", policy, "--input", input, "--out", out])
    };
    for (policy, expected) in [
        ("strong.json", "transforms[0].strength: found 2; expected 0 to 1"),
        ("odd.json", "policy: found"),
        ("unknown.json", "the nearest is rotate"),
        ("mixed.json", "remove batch"),
        ("nowhere.json", "neither a file nor a policy of that name"),
    ] {
        let error = with(policy, "photos", "out");
        assert!(error.contains(policy) && error.contains(expected), "{error}");
    }
    assert!(with("rand_augment", "empty", "out").contains("no files in it"));
    assert!(with("rand_augment", "nowhere", "out").contains("no such folder"));
    assert!(with("rand_augment", "notes", "out").contains("no usable photo"));
    assert!(with("rand_augment", "photos", "taken").contains("not empty"));
    assert!(with("rand_augment", "photos", "photos/new").contains("lies in photos"));
    assert_eq!(trainer(dir, &["augment", "--input", "photos", "--out", "out"]).status.code(), Some(2));
    succeed(dir, &["augment", "--policy", "rand_augment", "--input", "photos/bags & more", "--out", "good"]);
    let records = fs::read_to_string(dir.join("good/records.jsonl")).unwrap();
    fs::remove_dir_all(dir.join("good")).unwrap();
    for (name, line) in [
        ("escaping", records.replacen("\"output\":\"", "\"output\":\"../", 1)),
        ("broken", records.replacen("record", "note", 1)),
        ("other", records.replacen("source_sha256\":\"", "source_sha256\":\"0", 1)),
        ("none", String::new()),
    ] {
        fs::write(dir.join("taken/lines.jsonl"), line).unwrap();
        let error = refused(
            dir,
            &["augment", "--replay", "taken/lines.jsonl", "--input", "photos/bags & more", "--out", "out"],
        );
        assert!(error.contains("expected") || error.contains("no record of trainer augment"), "{name}: {error}");
    }
    fs::remove_file(dir.join("taken/lines.jsonl")).unwrap();
    assert_eq!(files(dir), before, "nothing was written, and nothing is left over");
}
