//! `train gan`: a folder of photos to a generator of images.

mod common;

use std::{fs, path::Path};

use common::{refused, succeed};
use image::RgbImage;
use serde_json::Value;

const STORE: &str = r#"
name = "invented"
[photos]
folder = "photos"
[train.image]
epochs = 3
batch = 16
ema_decay = 0.8
[train.image.model]
size = 16
channels = 1
width = 8
embedding_dim = 8
[train.gan]
epochs = 12
batch = 16
learning_rate = 2e-3
discriminator_learning_rate = 2e-3
ema_decay = 0.9
[train.gan.model]
size = 16
channels = 1
latent_dim = 8
width = 4
discriminator_width = 8
"#;

/// Bright discs and stripes of several sizes on dark ground, one photo of another size, and a file that is no photo.
fn write_photos(dir: &Path) {
    for category in ["disc", "stripes"] {
        let place = dir.join("photos").join(category);
        fs::create_dir_all(&place).unwrap();
        for i in 0..90u32 {
            let side = if i == 0 { 40 } else { 16 };
            let photo = RgbImage::from_fn(side, side, |x, y| {
                let (x, y) = (x * 16 / side, y * 16 / side);
                let away = (x as i32 - 8).pow(2) + (y as i32 - 8).pow(2);
                let bright = match category {
                    "disc" => away < 12 + (i % 30) as i32,
                    _ => (x + i) % 6 < 3,
                };
                let shade = if bright { 190 + (i % 60) as u8 } else { (i % 40) as u8 };
                image::Rgb([shade; 3])
            });
            photo.save(place.join(format!("{i:02}.webp"))).unwrap();
        }
    }
    fs::write(dir.join("photos/disc/broken.webp"), b"RIFF and nothing more").unwrap();
    fs::write(dir.join("store.toml"), STORE).unwrap();
}

const TRAIN: [&str; 6] = ["train", "gan", "--data", "data", "--device", "cpu"];

fn train(dir: &Path, run: &str, more: &[&str]) {
    succeed(dir, &[&TRAIN[..], &["--out", run], more].concat());
}

fn evaluation(dir: &Path, run: &str, more: &[&str]) -> Value {
    let args = ["evaluate", "gan", "--model", run, "--data", "data", "--encoder", "look", "--json"];
    serde_json::from_str(&succeed(dir, &[&args[..], more].concat())).unwrap()
}

#[test]
fn training_brings_generated_images_closer_to_the_photos() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_photos(dir);
    let report = succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    assert!(report.contains("dropped: 1 rows of photos"), "{report}");
    succeed(dir, &["train", "image", "--data", "data", "--out", "look", "--device", "cpu"]);
    train(dir, "short", &["--epochs", "1"]);
    train(dir, "long", &[]);
    train(dir, "mlp", &["--set", "model.network=mlp", "--epochs", "2"]);
    let log = fs::read_to_string(dir.join("long/log.jsonl")).unwrap();
    assert_eq!(log.lines().filter(|line| line.contains("discriminator_loss")).count(), 12);
    assert!(dir.join("long/samples/epoch-0012.png").exists());

    let whole = ["--split", "train"];
    let [short, long] = ["short", "long"].map(|run| evaluation(dir, run, &whole));
    let frechet = |found: &Value| found["frechet"].as_f64().unwrap();
    assert!(
        frechet(&long) < 0.5 * frechet(&short),
        "{} after one epoch, {} after twelve",
        frechet(&short),
        frechet(&long)
    );
    let tested = evaluation(dir, "long", &["--split", "train", "--baseline", "mlp", "--cas", "--dump", "made.jsonl"]);
    for key in ["frechet", "kid", "precision", "recall", "density", "coverage", "cas"] {
        let (value, interval) = (tested[key].as_f64().unwrap(), tested[format!("{key}_ci95")].as_array().unwrap());
        assert!(interval[0].as_f64().unwrap() <= value && value <= interval[1].as_f64().unwrap(), "{key}: {tested}");
    }
    assert!(tested["baseline"]["frechet"].as_f64().unwrap() > 0.0);
    assert!(frechet(&tested["photos"]) < 1e-6, "photos are what they are compared with");
    assert_eq!((&tested["n_skipped"], &tested["split"]), (&1.into(), &"train".into()));
    assert!(tested["copying"].is_number() && tested["protocol"].as_str().unwrap().contains("not of Inception"));

    let made = fs::read_to_string(dir.join("made.jsonl")).unwrap();
    let made: Vec<Value> = made.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let asked: Vec<(&str, u64)> =
        made.iter().map(|each| (each["label"].as_str().unwrap(), each["seed"].as_u64().unwrap())).collect();
    assert_eq!((asked.len(), asked[1], asked[7]), (8, ("disc", 1), ("stripes", 3)));
    assert!(made.iter().all(|each| each["pixels"].as_array().unwrap().len() == 16 * 16));

    succeed(dir, &["report", "long", "--out", "report.html"]);
    let page = fs::read_to_string(dir.join("report.html")).unwrap();
    assert!(page.contains("data:image/png;base64,") && page.contains("discriminator loss"));
    succeed(dir, &["export", "long", "--out", "small"]);
    assert!(dir.join("small/generator.safetensors").exists());
}

#[test]
fn an_image_network_learns_from_generated_images_and_an_ablation_compares_them() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_photos(dir);
    succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    train(dir, "made", &["--epochs", "2"]);
    let image = |run: &'static str, more: &[&'static str]| -> Vec<&'static str> {
        let args = ["train", "image", "--data", "data", "--device", "cpu", "--epochs", "1", "--out", run];
        [&args, more].concat()
    };
    succeed(dir, &image("both", &["--set", "generated=made", "--set", "generated_share=0.5"]));
    let log = fs::read_to_string(dir.join("both/log.jsonl")).unwrap();
    let start: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    let [all, real] = ["train", "real"].map(|key| start[key].as_u64().unwrap());
    assert!(real > 100 && all.abs_diff(real + real / 2) <= 1, "{all} pictures from {real} photos");
    // A generator with other splits was trained on test photos of this network.
    let error = refused(dir, &image("other", &["--set", "generated=made", "--seed", "2"]));
    assert!(error.contains("trained with another seed") && error.contains("test split"), "{error}");
    assert!(refused(dir, &image("other", &["--set", "generated_only=true"])).contains("name a run as generated"));

    let gate =
        ["ablate", "image", "--data", "data", "--out", "gate", "--device", "cpu", "--amounts", "16", "--seeds", "2"];
    let quick = ["--set", "epochs=1", "--generator-set", "epochs=1", "--json"];
    let verdict: Value = serde_json::from_str(&succeed(dir, &[&gate[..], &quick].concat())).unwrap();
    let arms: Vec<&str> =
        verdict["findings"].as_array().unwrap().iter().map(|finding| finding["arm"].as_str().unwrap()).collect();
    assert_eq!(arms, ["none", "classic", "gan", "gan-only", "all"]);
    let kept: Vec<String> =
        fs::read_dir(dir.join("gate")).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert!(kept.iter().all(|name| name.contains('.')), "only what came of a training is kept: {kept:?}");
}

#[test]
fn bad_input_is_an_error_that_names_the_culprit() {
    let shop = tempfile::tempdir().unwrap();
    let dir = shop.path();
    write_photos(dir);
    succeed(dir, &["ingest", "store.toml", "--out", "data"]);
    let refusal = |more: &[&str]| refused(dir, &[&TRAIN[..], &["--out", "run"], more].concat());
    assert!(refusal(&["--set", "model.size=30"]).contains("size 30"));
    assert!(refusal(&["--set", "r1=-1"]).contains("r1 -1"));
    assert!(refusal(&["--set", "unknown=1"]).contains("unknown"));
    assert!(refusal(&["--set", "photos=10"]).contains("10 photos"));
    assert!(!dir.join("run").exists(), "nothing is written before settings are known to be good");
    train(dir, "run", &["--epochs", "1"]);
    assert!(refusal(&[]).contains("holds a run already"));
    let evaluate = ["evaluate", "gan", "--model", "run", "--data", "data", "--encoder", "run"];
    assert!(refused(dir, &evaluate).contains("image.safetensors"), "a generator is no encoder");

    // One photo, then none.
    let one = dir.join("one");
    fs::create_dir_all(one.join("photos/disc")).unwrap();
    fs::copy(dir.join("photos/disc/01.webp"), one.join("photos/disc/01.webp")).unwrap();
    fs::copy(dir.join("store.toml"), one.join("store.toml")).unwrap();
    succeed(&one, &["ingest", "store.toml", "--out", "data"]);
    let error = refused(&one, &[&TRAIN[..], &["--out", "run"]].concat());
    assert!(error.contains("give more photos"), "{error}");
    fs::remove_file(one.join("photos/disc/01.webp")).unwrap();
    let error = refused(&one, &["ingest", "store.toml", "--out", "none"]);
    assert!(error.contains("photos"), "{error}");
}
