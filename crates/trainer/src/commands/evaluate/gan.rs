//! `trainer evaluate gan`

use std::path::{Path, PathBuf};

use anyhow::bail;
use burn::tensor::Device;
use serde_json::{Map, Value, json};
use windowshop_ingest::Photo;
use windowshop_metrics::{bootstrap, samples::Points};
use windowshop_schema::GanNetwork;

use super::{Args, Opened, Reads, print};
use crate::{
    device,
    gan::{
        FEW_EVALUATED, images,
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
    learning::{batches::shuffled, split::Split},
    run::RunInfo,
};

/// Default number of photos, and of generated images.
const SAMPLES: usize = 10_000;
/// Most generated images that the classifier is trained on.
const CLASSIFIER_IMAGES: usize = 20_000;
/// One in so many of them is in the validation split.
const VALIDATION_INTERVAL: usize = 10;
/// Images of each category that `--dump` writes.
const DUMPED: u64 = 4;

#[derive(Debug, clap::Args)]
pub struct GanArgs {
    #[command(flatten)]
    args: Args,
    /// A run of `trainer train image` on the same categories: images are compared in its pooled features.
    #[arg(long, value_name = "IMAGE_RUN")]
    encoder: PathBuf,
    /// Another run of `trainer train gan` to evaluate on the same photos.
    #[arg(long, value_name = "RUN")]
    baseline: Option<PathBuf>,
    /// Also train a classifier on generated images alone and test it on photos (classification accuracy score); takes minutes.
    #[arg(long)]
    cas: bool,
}

/// `trainer evaluate gan`
pub fn gan(GanArgs { args, encoder, baseline, cas }: &GanArgs) -> anyhow::Result<()> {
    if args.rows.is_some() {
        bail!(
            "--rows: expected no flag for a generator; --dump writes images, and the run folder has samples of each epoch"
        );
    }
    let opened = Opened::new(args, Reads::Photos)?;
    let device = device::open(args.device)?;
    let model = GeneratorModel::open(&args.model, &device)?;
    let encoder = ImageModel::open(encoder, &device)?;
    let card = &model.card;
    if let Some(path) = &args.dump {
        dump(path, &model, &device)?;
    }
    features::check_classes(&encoder, &card.classes)?;
    if *cas && card.model.network == GanNetwork::Mlp {
        bail!(
            "--cas: this generator is not conditional, so no classifier can learn categories from it; leave the flag out"
        );
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
    // A folder has one category after the other, so a limited sample must be shuffled.
    let order = shuffled(known.len(), seed, 0).into_iter().take(args.limit.unwrap_or(SAMPLES));
    let known: Vec<Photo> = order.map(|i| known[i].clone()).collect();
    let skipped = photos.iter().filter(|photo| !card.classes.contains(&photo.label)).count() as u64;
    if known.len() < FEW_EVALUATED {
        eprintln!(
            "warning: {} photos: with fewer than {FEW_EVALUATED} the Fréchet distance depends more on their number than on the images, and intervals are wide; compare kid, or evaluate on more photos",
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
    let evaluation = Evaluation {
        encoder: &encoder,
        real: points(&real),
        training: learned.as_ref().map(points),
        seed,
        device: &device,
    };

    let mut out = evaluated(&evaluation, &model, &real.labels);
    if *cas {
        let accuracy = score(&model, &encoder, &real, learned.as_ref(), &device)?;
        out.insert("cas".into(), json!(accuracy.value));
        out.insert("cas_ci95".into(), json!(accuracy.ci95));
    }
    if let Some(path) = baseline {
        let other = GeneratorModel::open(path, &device)?;
        if other.card.classes != card.classes {
            bail!("--baseline: it was trained on other categories; expected a run on the same dataset");
        }
        out.insert("baseline".into(), evaluated(&evaluation, &other, &real.labels).into());
    }
    if let Some(learned) = &learned {
        // The measures of real photos: the best a generator can reach.
        let some = shuffled(learned.pixels.len(), seed, 0).into_iter().take(real.pixels.len());
        let pixels: Vec<Vec<u8>> = some.map(|i| learned.pixels[i].clone()).collect();
        let photos = ImageFeatures::extract(&encoder, &pixels, &card.model, &device);
        out.insert("photos".into(), bootstrap::to_json(&evaluation.metrics(&photos)).into());
    }
    out.insert("n".into(), json!(known.len()));
    out.insert("n_skipped".into(), json!(skipped + opened.dataset.report.dropped_rows("photos")));
    out.insert("seed".into(), json!(seed));
    out.insert("model_bytes".into(), json!(model.bytes));
    out.insert("split".into(), json!(opened.split));
    out.insert(
        "protocol".into(),
        json!(format!(
            "{} pooled features of our own image network ({} photos trained on, seed {}), not of Inception: not comparable with the FID or KID of a paper; as many images as photos, rounded to 8 bits",
            evaluation.real.dim(),
            encoder.card.card.lists[0],
            encoder.card.card.seed
        )),
    );
    print(&out, args.json);
    Ok(())
}

/// Writes JSON lines: label, seed, and pixels `[channels, size, size]` for the first seeds of each category. The engine generates
/// equal images from equal labels and seeds.
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
    Ok(windowshop_files::write(path, lines)?)
}

fn evaluated(evaluation: &Evaluation<'_>, model: &GeneratorModel, labels: &[usize]) -> Map<String, Value> {
    let (measures, copied) = evaluation.evaluate(model, labels);
    let mut out = bootstrap::to_json(&measures);
    if let Some(copied) = copied {
        out.insert("copying".into(), json!(copied.copying));
        out.insert("copying_z".into(), json!(copied.z));
        out.insert("near_copies".into(), json!(copied.near_copies));
    }
    out
}

/// Trains a classifier on generated images and tests it on photos.
fn score(
    model: &GeneratorModel,
    encoder: &ImageModel,
    real: &ImageDataset,
    learned: Option<&ImageDataset>,
    device: &Device,
) -> anyhow::Result<bootstrap::Estimate> {
    let card = &model.card;
    // The categories are as frequent as in the photos.
    let shares = learned.map_or(&real.labels, |learned| &learned.labels);
    let count = shares.len().min(CLASSIFIER_IMAGES);
    let labels: Vec<usize> =
        shuffled(shares.len(), card.card.seed, 0).into_iter().take(count).map(|i| shares[i]).collect();
    let all: Vec<Vec<u8>> = [generate(model, &labels, card.card.seed, device), real.pixels.clone()].concat();
    let pixels = all.iter().map(|image| features::encoder_input(image, &card.model, &encoder.card.photo)).collect();
    let (validation, train): (Vec<usize>, Vec<usize>) = (0..count).partition(|i| i.is_multiple_of(VALIDATION_INTERVAL));
    let parts = [
        (Split::Train, train),
        (Split::Validation, validation),
        (Split::Test, (count..count + real.pixels.len()).collect()),
    ];
    let images =
        ImageDataset::whole(card.classes.clone(), pixels, [labels, real.labels.clone()].concat()).with_splits(parts);
    accuracy::accuracy(images, &encoder.card.model, card.card.seed, device)
}
