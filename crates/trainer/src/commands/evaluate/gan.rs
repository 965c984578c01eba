//! `trainer evaluate gan`

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use burn::tensor::Device;
use serde_json::{Map, Value, json};
use windowshop_ingest::Photo;
use windowshop_metrics::{bootstrap, samples::Points};
use windowshop_schema::{GanNetwork, NetworkKind};

use super::{Args, Opened, print};
use crate::{
    device,
    gan::{
        FEW_JUDGED, images,
        measure::{
            accuracy,
            evaluation::{Evaluation, generate},
            features::{self, ImageFeatures},
        },
        model::GeneratorModel,
    },
    image::{
        image_dataset::{ImageDataset, split_of},
        model::ImageModel,
    },
    learning::{optimise::shuffled, split::Split},
    run::RunInfo,
};

/// Photos judged, and pictures made, where nobody says how many.
const JUDGED: usize = 10_000;
/// Most pictures that a classifier learns from.
const TAUGHT: usize = 20_000;
/// Of those, one in so many validates it.
const VALIDATING: usize = 10;
/// Pictures of each category that `--dump` writes.
const DUMPED: u64 = 4;

#[derive(Debug, clap::Args)]
pub struct GanArgs {
    #[command(flatten)]
    args: Args,
    /// A run of `trainer train image` on the same categories: pictures are compared in its pooled features.
    #[arg(long, value_name = "IMAGE_RUN")]
    encoder: PathBuf,
    /// Another run of `trainer train gan`, measured on the same photos beside this one.
    #[arg(long, value_name = "RUN")]
    baseline: Option<PathBuf>,
    /// Also train a classifier on made pictures alone and test it on photos (classification accuracy score): minutes.
    #[arg(long)]
    cas: bool,
}

/// `trainer evaluate gan`
pub fn gan(GanArgs { args, encoder, baseline, cas }: &GanArgs) -> anyhow::Result<()> {
    if args.rows.is_some() {
        bail!(
            "--rows: a generator reads no rows; --dump writes pictures, the samples of each pass lie in the run's folder"
        );
    }
    let opened = Opened::new(args, Some(NetworkKind::Generator))?;
    let device = device::open(args.device)?;
    let model = GeneratorModel::open(&args.model, &device)?;
    let encoder = ImageModel::open(encoder, &device)?;
    let card = &model.card;
    if let Some(path) = &args.dump {
        dump(path, &model, &device)?;
    }
    features::check_classes(&encoder, &card.classes)?;
    if *cas && card.model.network == GanNetwork::Mlp {
        bail!("--cas: this network is told no category, so nobody can learn categories from it; leave the flag out");
    }
    let seed = card.card.seed;

    let own_test = opened.dataset.photos.iter().any(|photo| photo.is_test);
    let part = |photo: &Photo, info: &RunInfo| split_of(photo, own_test, &info.cut);
    let wanted = |photo: &&Photo| match (opened.split, &opened.info) {
        (Some(wanted), Some(info)) => part(photo, info) == wanted,
        _ => photo.is_test || !own_test,
    };
    let photos: Vec<&Photo> = opened.dataset.photos.iter().filter(wanted).collect();
    let known: Vec<&Photo> = photos.iter().copied().filter(|photo| card.classes.contains(&photo.label)).collect();
    if known.is_empty() {
        bail!("{}: no photos of {} to evaluate", args.data.display(), card.classes.join(", "));
    }
    // A folder has one category after the other: a part of it must not be some categories only.
    let order = shuffled(known.len(), seed, 0).into_iter().take(args.limit.unwrap_or(JUDGED));
    let known: Vec<Photo> = order.map(|i| known[i].clone()).collect();
    let skipped = photos.iter().filter(|photo| !card.classes.contains(&photo.label)).count() as u64;
    if known.len() < FEW_JUDGED {
        eprintln!(
            "warning: {} photos: with fewer than {FEW_JUDGED} the Fréchet distance says more about their number than about the pictures, and intervals are wide; compare kid, or evaluate on more photos",
            known.len()
        );
    }
    let real = ImageDataset::unsplit(&known, &card.classes, &images::spec(&card.model))?;
    let learned = opened.info.as_ref().filter(|_| opened.split.is_some()).map(|info| {
        let all = &opened.dataset.photos;
        let train: Vec<usize> = (0..all.len()).filter(|&i| part(&all[i], info) == Split::Train).collect();
        let most = info.config["photos"].as_u64().unwrap_or_default() as usize;
        images::chosen(&train, most, info.seed).into_iter().map(|i| all[i].clone()).collect::<Vec<Photo>>()
    });
    let learned = match learned.filter(|photos| !photos.is_empty()) {
        Some(photos) => Some(ImageDataset::unsplit(&photos, &card.classes, &images::spec(&card.model))?),
        None => None,
    };
    let points = |images: &ImageDataset| ImageFeatures::extract(&encoder, &images.pixels, &card.model, &device);
    let judge = Evaluation {
        encoder: &encoder,
        real: points(&real),
        training: learned.as_ref().map(points),
        seed,
        device: &device,
    };

    let mut out = judged(&judge, &model, &real.labels);
    if *cas {
        let accuracy = score(&model, &encoder, &real, learned.as_ref(), &device)?;
        out.insert("cas".into(), json!(accuracy.value));
        out.insert("cas_ci95".into(), json!(accuracy.ci95));
    }
    if let Some(path) = baseline {
        let other = GeneratorModel::open(path, &device)?;
        if other.card.classes != card.classes {
            bail!("--baseline: it has learned from other categories: expected a run on the same dataset");
        }
        out.insert("baseline".into(), judged(&judge, &other, &real.labels).into());
    }
    if let Some(learned) = &learned {
        // What a generator that drew photos from the same shelf would have.
        let some = shuffled(learned.pixels.len(), seed, 0).into_iter().take(real.pixels.len());
        let pixels: Vec<Vec<u8>> = some.map(|i| learned.pixels[i].clone()).collect();
        let photos = ImageFeatures::extract(&encoder, &pixels, &card.model, &device);
        out.insert("photos".into(), bootstrap::to_json(&judge.metrics(&photos)).into());
    }
    out.insert("n".into(), json!(known.len()));
    out.insert("n_skipped".into(), json!(skipped + opened.dataset.report.dropped_rows("photos")));
    out.insert("seed".into(), json!(seed));
    out.insert("model_bytes".into(), json!(model.bytes));
    out.insert("split".into(), json!(opened.split));
    out.insert(
        "protocol".into(),
        json!(format!(
            "{} pooled features of our own image network ({} photos trained on, seed {}), not of Inception: no FID or KID of a paper compares; as many pictures as photos, rounded to 8 bits",
            judge.real.dim(),
            encoder.card.card.lists[0],
            encoder.card.card.seed
        )),
    );
    print(&out, args.json);
    Ok(())
}

/// JSON lines: label, seed, and `[channels, size, size]` pixels of the first seeds of each category. A page that is asked for the
/// same makes the same.
fn dump(path: &Path, model: &GeneratorModel, device: &Device) -> anyhow::Result<()> {
    let card = &model.card;
    let classes = card.classes.len();
    let wanted: Vec<(usize, u64)> = (0..classes).flat_map(|label| (0..DUMPED).map(move |seed| (label, seed))).collect();
    let mut lines = String::new();
    images::make(&model.generator, &card.model, classes, &wanted, device, |some, wanted| {
        for (pixels, (label, seed)) in images::pixels(some).into_iter().zip(wanted) {
            lines += &format!("{}\n", json!({"label": card.classes[*label], "seed": seed, "pixels": pixels}));
        }
    });
    fs::write(path, lines).with_context(|| path.display().to_string())
}

fn judged(judge: &Evaluation<'_>, model: &GeneratorModel, labels: &[usize]) -> Map<String, Value> {
    let (measures, copied) = judge.evaluate(model, labels);
    let mut out = bootstrap::to_json(&measures);
    if let Some(copied) = copied {
        out.insert("copying".into(), json!(copied.copying));
        out.insert("copying_z".into(), json!(copied.z));
        out.insert("near_copies".into(), json!(copied.near_copies));
    }
    out
}

/// Synthetic images are learned from, photos are tested on.
fn score(
    model: &GeneratorModel,
    encoder: &ImageModel,
    real: &ImageDataset,
    learned: Option<&ImageDataset>,
    device: &Device,
) -> anyhow::Result<bootstrap::Estimate> {
    let card = &model.card;
    // As often as in the photos.
    let shares = learned.map_or(&real.labels, |learned| &learned.labels);
    let count = shares.len().min(TAUGHT);
    let labels: Vec<usize> =
        shuffled(shares.len(), card.card.seed, 0).into_iter().take(count).map(|i| shares[i]).collect();
    let all: Vec<Vec<u8>> = [generate(model, &labels, card.card.seed, device), real.pixels.clone()].concat();
    let pixels = all.iter().map(|picture| features::encoder_input(picture, &card.model, &encoder.card.photo)).collect();
    let (validation, train): (Vec<usize>, Vec<usize>) = (0..count).partition(|i| i.is_multiple_of(VALIDATING));
    let parts = [
        (Split::Train, train),
        (Split::Validation, validation),
        (Split::Test, (count..count + real.pixels.len()).collect()),
    ];
    let images =
        ImageDataset::whole(card.classes.clone(), pixels, [labels, real.labels.clone()].concat()).with_parts(parts);
    accuracy::accuracy(images, &encoder.card.model, card.card.seed, device)
}
