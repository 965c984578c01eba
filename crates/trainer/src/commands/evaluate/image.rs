//! `trainer evaluate image`

use anyhow::bail;
use serde_json::json;
use windowshop_augment::Key;
use windowshop_ingest::Photo;
use windowshop_metrics::retrieval;

use super::{Args, Opened, Reads, print};
use crate::{
    augmentation, device,
    image::{
        augment,
        image_dataset::{ImageDataset, photos, split_of},
        learner::ImagePredictions,
        model::ImageModel,
        rows, views,
    },
};

#[derive(Debug, clap::Args)]
pub struct ImageArgs {
    #[command(flatten)]
    pub args: Args,
    /// Number of views to average over: the photo, and copies augmented by --policy; prints the gain.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    views: u32,
    /// The augmentation of the views: a JSON file, or the name of a policy.
    #[arg(long, default_value = "views")]
    policy: String,
}

/// `trainer evaluate image`
pub fn image(ImageArgs { args, views, policy }: &ImageArgs) -> anyhow::Result<()> {
    if args.dump.is_some() {
        bail!("--dump: expected no flag for an image network; --rows writes its pixels with labels and probabilities");
    }
    let views_policy = augmentation::policy::photos(policy)?;
    let opened = Opened::new(args, Reads::Photos)?;
    let device = device::open(args.device)?;
    let ImageModel { card, network, bytes } = ImageModel::open(&args.model, &device)?;
    augment::check(&views_policy, policy, card.photo.size)?;
    let all = photos(&opened.dataset)?;
    let own_test = all.iter().any(|photo| photo.is_test);
    let wanted = |photo: &&Photo| match (opened.split, &opened.info) {
        (Some(wanted), Some(info)) => split_of(photo, own_test, &info.cut) == wanted,
        // Photos that the store marks as test photos are the test split.
        _ => photo.is_test || !own_test,
    };
    let chosen: Vec<Photo> = all.iter().filter(wanted).take(args.limit.unwrap_or(usize::MAX)).cloned().collect();
    let known: Vec<Photo> = chosen.iter().filter(|photo| card.classes.contains(&photo.label)).cloned().collect();
    if known.is_empty() {
        bail!("{}: no photos of {} to evaluate", args.data.display(), card.classes.join(", "));
    }
    let images = ImageDataset::unsplit(&known, &card.classes, &card.photo)?;
    let places: Vec<usize> = (0..known.len()).collect();
    let seed = card.card.seed;
    let outputs = |images: &ImageDataset| {
        ImagePredictions::of_network(&network, images, &places, &card.photo, card.temperature, &device)
    };
    let view = |number: u32| {
        outputs(&images.changed(|photo, pixels| {
            let key = Key { seed, sample: photo as u64, epoch: number };
            augment::changed(&views_policy, pixels, &card.photo, key)
        }))
    };
    let plain = outputs(&images);
    let averaged = match *views {
        1 => None,
        _ => views::mean(std::iter::once(plain.clone()).chain((1..*views).map(view)).collect()),
    };
    let outputs = averaged.as_ref().unwrap_or(&plain);
    if let Some(path) = &args.rows {
        rows::write(path, &images, &card.photo, &outputs.predictions)?;
    }
    let mut evaluation = outputs.predictions.evaluate(seed);
    let recall = retrieval::recall_at_1(&outputs.embeddings, &images.labels, seed);
    evaluation.metrics.extend(recall.map(|recall| ("recall@1".to_owned(), recall)));
    if let Some(averaged) = &averaged {
        evaluation.metrics.extend(views::gains(&plain, averaged, seed));
    }
    let mut out = evaluation.to_json();
    out.insert("views".into(), json!(views));
    let damaged = opened.dataset.report.dropped_rows("photos");
    out.insert("n_skipped".into(), json!((chosen.len() - known.len()) as u64 + damaged));
    out.insert("seed".into(), json!(seed));
    out.insert("model_bytes".into(), json!(bytes));
    out.insert("classes".into(), json!(card.classes));
    out.insert("split".into(), json!(opened.split));
    print(&out, args.json);
    Ok(())
}
